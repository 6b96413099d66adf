import type { AlgorithmResult, TrainDocument } from "./document.ts";
import { formatNumber, formatSeconds } from "./format.ts";
import { metricNames, rankedAlgorithms, rankingMetric } from "./ranking.ts";
import { paint, printable, type Style, sign } from "./style.ts";
import { renderTable, type TableColumn } from "./table.ts";

/** Algorithms side by side, the champion first. Where it is narrow, the less telling metrics are left out. */
export function renderLeaderboard(document: TrainDocument, style: Style): string {
  const ranked = rankedAlgorithms(document);
  if (ranked.length === 0) return "No algorithm has finished yet.";
  const metric = rankingMetric(document);
  const tested = metricNames(ranked, "test");
  const hasValidation =
    metric !== undefined && ranked.some((algorithm) => algorithm.metrics.validation?.[metric] != null);
  const columns: TableColumn[] = [
    { title: "" },
    { title: "algorithm" },
    ...(hasValidation ? [{ title: `valid. ${metric}`, align: "right" as const }] : []),
    ...tested.map((name, index) => ({
      title: `test ${name}`,
      align: "right" as const,
      ...rankOf(name, index, metric),
    })),
    { title: "time", align: "right", optional: 3 },
  ];
  const rows = ranked.map((algorithm, index) => {
    const champion = algorithm.name === document.champion;
    const place = champion ? sign(style, "★", "*") : algorithm.error === undefined ? String(index + 1) : "";
    const name = printable(algorithm.title ?? algorithm.name);
    const cells = [
      ...(hasValidation ? [formatNumber(algorithm.metrics.validation?.[metric])] : []),
      ...tested.map((test) => formatNumber(algorithm.metrics.test?.[test])),
      algorithm.error === undefined ? formatSeconds(algorithm.seconds) : "-",
    ];
    return [place, name, ...cells].map((cell) => paintRow(cell, champion, algorithm, style));
  });
  return [renderTable(columns, rows, style), ...failures(ranked, style)].join("\n");
}

/** The ranking metric's column stays; of the others the last go first. */
function rankOf(name: string, index: number, metric: string | undefined): { optional?: number } {
  if (name === metric || (metric === undefined && index === 0)) return {};
  return { optional: index < 2 ? 2 : 4 + index };
}

function paintRow(cell: string, champion: boolean, algorithm: AlgorithmResult, style: Style): string {
  if (champion) return paint(style, "green", cell);
  return algorithm.error === undefined && algorithm.name !== "baseline" ? cell : paint(style, "dim", cell);
}

function failures(algorithms: readonly AlgorithmResult[], style: Style): string[] {
  return algorithms
    .filter((algorithm) => algorithm.error !== undefined)
    .map((algorithm) => paint(style, "yellow", `${algorithm.name}: ${printable(algorithm.error!)}`));
}
