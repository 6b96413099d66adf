import {
  type ColumnSchema,
  exp,
  type GeneratedTable,
  type GenerateOptions,
  log,
  type RandomStream,
  randomStream,
  sigmoid,
} from "../../../core/index.ts";
import { writeTable } from "../../write-table.ts";

export const TARGET = "defaulted";
export const ROWS = 12_000;
const PURPOSES = ["car", "home", "studies", "debts", "business", "travel"] as const;
/** What each purpose adds to the log odds of not being paid back. */
const PURPOSE_RISK = [-0.1, -0.4, 0.1, 0.6, 0.8, 0.3];
const INCOME_UNKNOWN = 0.04;

const NUMBERS = ["age", "income", "yearsEmployed", "amount", "months", "otherLoans", "latePayments", "share"] as const;
type Numbers = Record<(typeof NUMBERS)[number], number>;

const SCHEMA: readonly ColumnSchema[] = [
  ...NUMBERS.map((name) => ({ name, kind: "numeric" as const, physical: "double" })),
  { name: "purpose", kind: "categorical", physical: "string" },
  { name: TARGET, kind: "boolean", physical: "boolean" },
];

/**
 * Writes a synthetic table of loans and whether they were not paid back: the same bytes for the same seed and rows.
 *
 * @throws KaaykoError (usage) where the file is there and holds another table
 */
export async function generate(options: GenerateOptions): Promise<GeneratedTable> {
  const { rows = ROWS, seed = 42 } = options;
  return writeTable(options, { schema: SCHEMA, rows, draw: () => drawRows(rows, seed) });
}

export function drawRows(rows: number, seed: number) {
  const random = randomStream(seed, "assistant-credit-risk");
  const columns = NUMBERS.map((name) => ({ kind: "numeric" as const, name, values: new Float64Array(rows) }));
  const purposes = new Uint8Array(rows);
  const defaulted = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const loan = drawLoan(random);
    const purpose = random.integer(PURPOSES.length);
    defaulted[row] = random.float() < riskOf(loan, purpose) ? 1 : 0;
    purposes[row] = purpose + 1;
    if (random.float() < INCOME_UNKNOWN) loan.income = Number.NaN;
    NUMBERS.forEach((name, k) => {
      columns[k]!.values[row] = loan[name];
    });
  }
  return {
    firstRow: 0,
    rows,
    columns: [
      ...columns,
      { kind: "categorical" as const, name: "purpose", codes: purposes, dictionary: [...PURPOSES] },
      { kind: "boolean" as const, name: TARGET, values: defaulted },
    ],
  };
}

function drawLoan(random: RandomStream): Numbers {
  const age = 18 + random.integer(52);
  const income = Math.round(1000 * exp(3.4 + 0.008 * age + 0.45 * random.normal())) / 1000;
  const months = 12 * (1 + random.integer(7));
  const amount = Math.round(10 * exp(log(income) - 0.8 + 0.7 * random.normal())) / 10;
  const yearsEmployed = Math.round(10 * Math.min(age - 17, -6 * log(1 - random.float()))) / 10;
  const otherLoans = random.integer(4);
  const latePayments = Math.floor(-1.1 * log(1 - random.float()));
  // The rate's share of the income, with a tenth of interest.
  const share = Math.round(10_000 * ((amount * 1.1) / months / (income / 12))) / 10_000;
  return { age, income, yearsEmployed, amount, months, otherLoans, latePayments, share };
}

/** Heavy rates hurt most where there are other loans; work for many years helps. */
function riskOf({ share, otherLoans, latePayments, yearsEmployed, age }: Numbers, purpose: number): number {
  const strain = 5 * share * (1 + 0.4 * otherLoans);
  const habits = 0.55 * latePayments - 0.3 * log(1 + yearsEmployed) + (age < 25 ? 0.4 : 0);
  return sigmoid(-3.1 + strain + habits + PURPOSE_RISK[purpose]!);
}
