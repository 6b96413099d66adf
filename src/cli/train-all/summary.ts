import type { JsonObject } from "../../core/index.ts";
import { formatNumber, printable, renderTable, type Style, type TrainDocument } from "../../reports/index.ts";
import type { MemberResult } from "./train-members.ts";

/** The one document of several trainings. */
export interface SummaryDocument {
  readonly schemaVersion: number;
  readonly status: "completed" | "failed" | "interrupted";
  readonly models: readonly JsonObject[];
}

export function summaryDocument(results: readonly MemberResult[]): SummaryDocument {
  return { schemaVersion: 1, status: statusOf(results), models: results.map(memberDocument) };
}

function statusOf(results: readonly MemberResult[]): SummaryDocument["status"] {
  if (results.some(({ status }) => status === "interrupted")) return "interrupted";
  if (results.some(({ status }) => status === "failed")) return "failed";
  return results.some(({ status }) => status === "not begun") ? "interrupted" : "completed";
}

function memberDocument({ recipe, status, run, document, error }: MemberResult): JsonObject {
  const metric = document === null ? null : metricOf(document);
  return JSON.parse(
    JSON.stringify({
      recipe,
      status,
      run,
      champion: document?.champion ?? null,
      metric,
      metrics: document?.metrics ?? null,
      rows: document?.rows ?? null,
      modelPath: document?.modelPath ?? null,
      modelSha256: document?.modelSha256 ?? null,
      resumedFrom: document?.resumedFrom ?? null,
      error,
    }),
  ) as JsonObject;
}

/** What a model is judged by: its ranking metric on the test rows, else on the validation rows. */
function metricOf({ metrics, primaryMetric }: TrainDocument) {
  const role = metrics.test !== undefined ? "test" : "validation";
  const values = metrics[role];
  if (values === undefined || typeof primaryMetric !== "string") return null;
  return { name: primaryMetric, rows: role, value: values[primaryMetric] ?? null };
}

/** The same as a table, with what went wrong below it. */
export function renderSummary(results: readonly MemberResult[], style: Style): string {
  const rows = results.map(({ recipe, status, document }) => {
    const metric = document === null ? null : metricOf(document);
    const score = metric === null ? "" : `${metric.rows} ${metric.name} ${formatNumber(metric.value)}`;
    return [recipe, status, document?.champion ?? "", score, printable(document?.modelPath ?? "")];
  });
  const titles = ["recipe", "status", "champion", "score", "model"];
  const table = renderTable(
    titles.map((title) => ({ title })),
    rows,
    style,
  );
  const errors = results.flatMap(({ recipe, error }) =>
    error === null
      ? []
      : [`${recipe}: ${printable(String(error.message))}`, `  ${printable(String(error.remedy ?? ""))}`.trimEnd()],
  );
  return [table, ...(errors.length === 0 ? [] : ["", ...errors.filter((line) => line !== "")])].join("\n");
}
