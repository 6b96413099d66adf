import {
  type ColumnSchema,
  exp,
  type GeneratedTable,
  type GenerateOptions,
  type RandomStream,
  randomStream,
} from "../../../core/index.ts";
import { writeTable } from "../../write-table.ts";

export const CLIENT = "client";
export const TARGET = "interest";
/** Products that each client is shown. */
const SHOWN = 10;
export const ROWS = 15_000;

/** What is on offer: its kind, the age and income that it suits, its risk and its yearly fee. */
const PRODUCTS = [
  { name: "youth-account", kind: "account", age: 21, income: 12, risk: 0, fee: 0 },
  { name: "current-account", kind: "account", age: 42, income: 38, risk: 0, fee: 48 },
  { name: "premium-account", kind: "account", age: 50, income: 95, risk: 0, fee: 180 },
  { name: "savings-plan", kind: "savings", age: 34, income: 40, risk: 1, fee: 10 },
  { name: "fixed-deposit", kind: "savings", age: 63, income: 45, risk: 0, fee: 0 },
  { name: "index-fund", kind: "invest", age: 38, income: 60, risk: 3, fee: 35 },
  { name: "growth-fund", kind: "invest", age: 30, income: 75, risk: 5, fee: 90 },
  { name: "bond-fund", kind: "invest", age: 58, income: 70, risk: 2, fee: 40 },
  { name: "car-loan", kind: "credit", age: 36, income: 35, risk: 2, fee: 120 },
  { name: "mortgage", kind: "credit", age: 37, income: 70, risk: 2, fee: 300 },
  { name: "travel-card", kind: "card", age: 29, income: 50, risk: 1, fee: 60 },
  { name: "basic-card", kind: "card", age: 45, income: 28, risk: 1, fee: 15 },
  { name: "life-insurance", kind: "insurance", age: 44, income: 55, risk: 0, fee: 240 },
  { name: "pension-plan", kind: "insurance", age: 48, income: 60, risk: 1, fee: 60 },
] as const;
const KINDS = [...new Set(PRODUCTS.map(({ kind }) => kind))];
/** Interests from none to bought, by how well a product suits. */
const BORDERS = [0.35, 0.6, 0.8];
const NOISE = 0.12;

const SCHEMA: readonly ColumnSchema[] = [
  { name: CLIENT, kind: "categorical", physical: "string" },
  ...["age", "income", "savings", "appetite"].map((name) => ({ name, kind: "numeric" as const, physical: "double" })),
  { name: "product", kind: "categorical", physical: "string" },
  { name: "kind", kind: "categorical", physical: "string" },
  ...["risk", "fee", TARGET].map((name) => ({ name, kind: "numeric" as const, physical: "double" })),
];

/**
 * Writes a synthetic table of clients, the products that each was shown, and how interested they were, from 0 to 3: the same bytes for
 * the same seed and rows.
 *
 * @throws KaaykoError (usage) where the file is there and holds another table
 */
export async function generate(options: GenerateOptions): Promise<GeneratedTable> {
  const { rows = ROWS, seed = 42 } = options;
  return writeTable(options, { schema: SCHEMA, rows, draw: () => drawRows(rows, seed) });
}

interface Client {
  readonly age: number;
  readonly income: number;
  readonly savings: number;
  readonly appetite: number;
}

/** Clients one after another, each with different products. */
export function drawRows(rows: number, seed: number) {
  const random = randomStream(seed, "assistant-recommendation");
  const clients: Client[] = [];
  const products = new Uint8Array(rows);
  const interest = new Float64Array(rows);
  let shown: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (row % SHOWN === 0) {
      clients.push(drawClient(random));
      shown = random.shuffle(PRODUCTS.map((_, product) => product));
    }
    products[row] = shown[row % SHOWN]!;
    interest[row] = drawInterest(random, clients.at(-1)!, products[row]!);
  }
  const of = (row: number) => clients[Math.floor(row / SHOWN)]!;
  const numbers = (name: string, value: (row: number) => number) => {
    return { kind: "numeric" as const, name, values: Float64Array.from(interest, (_, row) => value(row)) };
  };
  const strings = (name: string, dictionary: readonly string[], code: (row: number) => number) => {
    return {
      kind: "categorical" as const,
      name,
      codes: Uint32Array.from(interest, (_, row) => code(row) + 1),
      dictionary,
    };
  };
  return {
    firstRow: 0,
    rows,
    columns: [
      strings(
        CLIENT,
        clients.map((_, client) => `client ${client + 1}`),
        (row) => Math.floor(row / SHOWN),
      ),
      ...(["age", "income", "savings", "appetite"] as const).map((name) => numbers(name, (row) => of(row)[name])),
      strings(
        "product",
        PRODUCTS.map(({ name }) => name),
        (row) => products[row]!,
      ),
      strings("kind", KINDS, (row) => KINDS.indexOf(PRODUCTS[products[row]!]!.kind)),
      ...(["risk", "fee"] as const).map((name) => numbers(name, (row) => PRODUCTS[products[row]!]![name])),
      numbers(TARGET, (row) => interest[row]!),
    ],
  };
}

function drawClient(random: RandomStream): Client {
  const age = 18 + random.integer(60);
  const income = Math.round(10 * Math.max(8, 25 + 0.6 * age + 22 * random.normal())) / 10;
  const savings = Math.round(Math.max(0, income * (age - 16) * 0.05 * (1 + 0.6 * random.normal())) * 10) / 10;
  return { age, income, savings, appetite: random.integer(6) };
}

/** Near in age and income, at a risk that the client can bear: each by itself, all together. */
function drawInterest(random: RandomStream, { age, income, savings, appetite }: Client, product: number): number {
  const offer = PRODUCTS[product]!;
  const near = (distance: number, reach: number) => exp(-((distance / reach) ** 2));
  const fee = offer.fee / 300 / (1 + savings / 20);
  const suits =
    near(age - offer.age, 22) * near(income - offer.income, 40) * near(Math.max(0, offer.risk - appetite), 2.5);
  const felt = suits - 0.15 * fee + NOISE * random.normal();
  return BORDERS.filter((border) => felt >= border).length;
}
