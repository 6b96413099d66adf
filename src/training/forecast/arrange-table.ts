import { type Column, columnNamed, isStringColumn, KaaykoError, type ParameterValues } from "../../core/index.ts";
import type { LoadedTable } from "../../data/index.ts";
import {
  type ArrangePlan,
  arrangeRows,
  type FoundLimits,
  lookAtZeros,
  readingLimits,
  type SeriesRows,
  type ZeroLook,
} from "../../features/index.ts";

/** From this share of zeros on, a person is told of them. */
const NOTEWORTHY_ZEROS = 0.005;

/** A training table as series, and what counts as missing in it. */
export interface ArrangedTable {
  readonly plan: ArrangePlan;
  readonly rows: SeriesRows;
  readonly notices: readonly string[];
}

/**
 * Arranges the rows of the training table, and decides which readings are none: zeros as `--zeros` says (`auto`: those of values
 * that are no counts, where they come suddenly), and what lies far outside of the usual in other columns.
 */
export function arrangeTable(loaded: LoadedTable, plan: ArrangePlan, settings: ParameterValues): ArrangedTable {
  const columns = columnsOf(loaded);
  const found = plan.others.flatMap((name) => {
    const column = columnNamed(columns, name);
    const own = column === undefined || isStringColumn(column) ? null : readingLimits(column);
    return own === null ? [] : [own];
  });
  const limits = found.map((one) => one.limits);
  const limited: ArrangePlan = { ...plan, limits, zeroIsMissing: settings.zeros === "missing" };
  const notices = [...found.map(limitNotice), ...targetNotice(columns, plan.target)];
  const rows = arrangeRows(limited, columns);
  if (limited.zeroIsMissing === true) return { plan: limited, rows, notices };
  const look = lookAtZeros(rows.table);
  if (settings.zeros !== "auto" || look.share === 0 || !look.fractions || !look.sudden)
    return { plan: limited, rows, notices: [...notices, ...zerosNotice(plan.target, look)] };
  const without: ArrangePlan = { ...limited, zeroIsMissing: true };
  const failed = `0 of ${plan.target} (${percent(look.share)} of the readings) counts as missing: a sensor that failed. --zeros values takes it as it stands.`;
  return { plan: without, rows: arrangeRows(without, columns), notices: [...notices, failed] };
}

/** The columns of a table that is in memory. */
export function columnsOf({ table }: LoadedTable) {
  if (table !== null) return table.columns;
  throw new KaaykoError({
    action: "forecast",
    rule: "the series must fit into memory",
    remedy: "Raise --max-memory, or leave columns out with --ignore.",
    kind: "input",
  });
}

function zerosNotice(target: string, { share, sudden }: ZeroLook): string[] {
  if (!sudden || share < NOTEWORTHY_ZEROS) return [];
  return [
    `${percent(share)} of the readings of ${target} are 0, most of them suddenly: where they are failed readings, use --zeros missing.`,
  ];
}

function limitNotice({ limits: { column }, beyond }: FoundLimits): string {
  const [those, count] =
    beyond === 1 ? ["1 reading", "counts"] : [`${beyond.toLocaleString("en-US")} readings`, "count"];
  return `Of ${column}, ${those} far from all others ${count} as missing.`;
}

/** Readings of the target stay as they are: a person has to say what they are. */
function targetNotice(columns: readonly Column[], target: string): string[] {
  const column = columnNamed(columns, target);
  const found = column === undefined || isStringColumn(column) ? null : readingLimits(column);
  if (found === null) return [];
  const [those, lie] =
    found.beyond === 1 ? ["1 reading", "lies"] : [`${found.beyond.toLocaleString("en-US")} readings`, "lie"];
  const { low, high } = found.limits;
  return [
    `${those} of ${target} ${lie} far from all others, outside of ${round(low)} to ${round(high)}: if they are wrong, remove them.`,
  ];
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)} %`;
}
