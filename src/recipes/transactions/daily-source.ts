import type { Table, TableSource } from "../../core/index.ts";
import { memorySource } from "../../data/index.ts";
import { AMOUNT, DATE, TYPE, transactionsIn } from "../../features/index.ts";
import { adaptTransactions } from "./adapt.ts";

export const NET_FLOW = "net_flow";
const DAY = 86_400_000;

/** Transactions as one row a day, from the first to the last: what came in less what went out. A table without amounts stays as it is. */
export async function adaptDaily(source: TableSource): Promise<TableSource> {
  const adapted = await adaptTransactions(source);
  const names = (await adapted.describe()).columns.map(({ name }) => name);
  if (names.includes(NET_FLOW) || ![DATE, TYPE, AMOUNT].every((name) => names.includes(name))) return adapted;
  let table: Promise<Table> | undefined;
  const daily = async () => {
    table ??= sumDays(adapted);
    return memorySource(await table, source.path);
  };
  return {
    format: source.format,
    path: source.path,
    describe: async () => (await daily()).describe(),
    open: async (options) => (await daily()).open(options),
  };
}

async function sumDays(source: TableSource): Promise<Table> {
  const flows = new Map<number, number>();
  const reader = await source.open({
    columns: [DATE, TYPE, AMOUNT],
    kinds: { [TYPE]: "categorical", [AMOUNT]: "numeric" },
  });
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next())
      for (const { time, income, amount } of transactionsIn(batch)) {
        if (!Number.isFinite(time) || !Number.isFinite(amount)) continue;
        const day = Math.floor(time / DAY);
        flows.set(day, (flows.get(day) ?? 0) + (income ? 1 : -1) * Math.abs(amount));
      }
  } finally {
    await reader.close();
  }
  const known = [...flows.keys()];
  const first = known.reduce((least, day) => Math.min(least, day), Infinity);
  const last = known.reduce((most, day) => Math.max(most, day), -Infinity);
  // Nobody's payments span more; a single mistyped year would otherwise make days without number.
  const days =
    known.length === 0 ? [] : Array.from({ length: Math.min(last - first + 1, MOST_DAYS) }, (_, i) => first + i);
  return {
    rows: days.length,
    columns: [
      { kind: "date", name: DATE, values: Float64Array.from(days, (day) => day * DAY) },
      { kind: "numeric", name: NET_FLOW, values: Float64Array.from(days, (day) => flows.get(day) ?? 0) },
    ],
  };
}

const MOST_DAYS = 100_000;
