import type { BandMetrics, BestPossible, LocationsResult, RulesResult } from "../core/index.ts";
import type { TrainDocument } from "./document.ts";
import { formatCount, formatNumber, formatShare } from "./format.ts";
import { rankedAlgorithms } from "./ranking.ts";
import { paint, printable, type Style } from "./style.ts";
import { renderTable } from "./table.ts";

/** How near the champion comes to what is possible at all: one line. */
export function renderBestPossible({ title, metrics, championWithin }: BestPossible): string {
  const within = championWithin === null ? "" : `; champion within ${formatShare(championWithin)}`;
  return `best possible rmse ${formatNumber(metrics.rmse)}, mae ${formatNumber(metrics.mae)} (${printable(title)})${within}`;
}

/** Predictions read as classes, a line an algorithm, the mistake that matters most first. */
export function renderBands(document: TrainDocument, style: Style): string {
  const judged = rankedAlgorithms(document).flatMap(({ name, title, bands }) =>
    bands === undefined ? [] : [{ name: title ?? name, bands }],
  );
  const { bestPossible } = document;
  if (bestPossible?.bands !== undefined) judged.push({ name: "best possible", bands: bestPossible.bands });
  const [first] = judged;
  if (first === undefined) return "";
  const { actual, predicted } = first.bands.worstMistake;
  const columns = [
    { title: "algorithm" },
    { title: `${printable(actual)} called ${printable(predicted)}`, align: "right" as const },
    { title: "accuracy", align: "right" as const },
    ...first.bands.classes.flatMap((name) => [
      { title: `${printable(name)} prec.`, align: "right" as const, optional: 2 },
      { title: "recall", align: "right" as const, optional: 3 },
      { title: "f1", align: "right" as const, optional: 1 },
    ]),
  ];
  return renderTable(
    columns,
    judged.map(({ name, bands }) => [printable(name), ...bandCells(bands)]),
    style,
  );
}

function bandCells({ worstMistake, accuracy, perClass }: BandMetrics): string[] {
  const rate = worstMistake.rate === null ? "" : ` (${formatShare(worstMistake.rate)})`;
  return [
    `${formatCount(worstMistake.count)}${rate}`,
    formatNumber(accuracy),
    ...perClass.flatMap(({ precision, recall, f1 }) => [precision, recall, f1].map(formatNumber)),
  ];
}

/** Which models were proved to keep the rules, and which broke one where. */
export function renderRules({ caps, monotone, proofs }: RulesResult, style: Style): string {
  return proofs
    .map(({ algorithm, broken, gridPoints, testRows }) => {
      if (broken !== null)
        return paint(style, "red", `${algorithm} breaks ${broken.rule} at ${broken.where}: ${printable(broken.found)}`);
      const rules = `${caps.length} caps and ${Object.keys(monotone).length} directions`;
      return `${algorithm} keeps ${rules} at ${formatCount(gridPoints)} points of a grid and ${formatCount(testRows)} rows`;
    })
    .join("\n");
}

/** Every algorithm's error at every held-out place, and who wins. */
export function renderLocations(locations: LocationsResult, champion: string | null, style: Style): string {
  const names = Object.keys(locations.winRate);
  const columns = [
    { title: "place" },
    { title: "continent", optional: 3 },
    ...names.map((name) => ({ title: printable(name), align: "right" as const })),
    { title: "best possible", align: "right" as const, optional: 1 },
    { title: "wins", optional: 2 },
  ];
  const rows = locations.places.map((place) => [
    printable(place.name),
    printable(place.continent),
    ...names.map((name) => {
      const text = formatNumber(place.metrics[name]?.rmse);
      return name === place.winner ? paint(style, "green", text) : text;
    }),
    formatNumber(place.bestPossible),
    printable(place.winner ?? "-"),
  ]);
  const rates = names.map((name) => `${name} ${formatShare(locations.winRate[name]!)}`).join(", ");
  const advantages = Object.entries(locations.championAdvantage).flatMap(([name, share]) =>
    share === null ? [] : [`${formatShare(Math.abs(share))} ${share >= 0 ? "less" : "more"} than ${name}`],
  );
  const mean = advantages.length === 0 ? "" : `\nmean error of ${champion}: ${advantages.join(", ")}`;
  return `${renderTable(columns, rows, style)}\nwins: ${rates}${mean}`;
}
