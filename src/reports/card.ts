import type { TrainDocument } from "./document.ts";
import { formatBytes, formatCount, formatNumber, formatSeconds, formatShare } from "./format.ts";
import { metricNames, rankedAlgorithms, rankingMetric } from "./ranking.ts";
import { printable } from "./style.ts";

const FEATURES_SHOWN = 10;

/**
 * The model's card in Markdown, with the sections of Mitchell et al. ("Model cards for model reporting", FAT* 2019). What only
 * its owner can say (who may use it for what, whom it may harm) is left open in so many words, never made up.
 */
export function renderModelCard(document: TrainDocument): string {
  const sections: [string, string][] = [
    ["Model details", details(document)],
    ["Intended use", intendedUse(document)],
    ["Factors", factors(document)],
    ["Metrics", metrics(document)],
    ["Evaluation data", evaluationData(document)],
    ["Training data", trainingData(document)],
    ["Quantitative analyses", analyses(document)],
    ["Ethical considerations", OPEN("whom wrong predictions may harm, and what was done about it")],
    ["Caveats and recommendations", caveats(document)],
  ];
  const body = sections.map(([title, text]) => `## ${title}\n\n${text}`).join("\n\n");
  return `# ${escapeMarkdown(nameOf(document))}\n\n${body}\n`;
}

const OPEN = (what: string): string => `*To be filled in by the owner: ${what}.*`;

/** Foreign text that stays text in Markdown: no markup, no table's bar, one line. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/[\\`*_{}[\]()#+!|~>]/g, "\\$&")
    .replaceAll("<", "&lt;")
    .replaceAll("&amp;", "&amp;amp;");
}

function nameOf({ modelPath, run }: TrainDocument): string {
  const parts = modelPath?.split(/[\\/]/) ?? [];
  return parts.length >= 2 ? `${parts.at(-2)}, version ${parts.at(-1)}` : run;
}

function details(document: TrainDocument): string {
  const champion = document.algorithms.find(({ name }) => name === document.champion);
  const environment = Object.entries(document.environment ?? {}).map(([name, value]) => `${name} ${String(value)}`);
  return bullets([
    ["Algorithm", champion === undefined ? undefined : (champion.title ?? champion.name)],
    [
      "Predicts",
      document.target === undefined || document.target === null ? undefined : `${document.target} (${document.task})`,
    ],
    ["Run", `${document.run}, seed ${document.seed}`],
    ["SHA-256 of the model", document.modelSha256 ?? undefined],
    ["Made with", environment.length === 0 ? undefined : environment.join(", ")],
    [
      "Training took",
      `${formatSeconds(champion?.seconds ?? 0)}, ${formatBytes(Math.max(0, ...document.stages.map((stage) => stage.peakRssBytes)))} of memory at most`,
    ],
  ]);
}

function intendedUse({ target }: TrainDocument): string {
  return `Predicting ${escapeMarkdown(target ?? "the target")} for rows like those that it was trained on.\n\n${OPEN("primary uses, users, and uses that are out of scope")}`;
}

function factors({ columns = [] }: TrainDocument): string {
  const used = columns.filter(({ use }) => use !== "target" && !use.startsWith("left out"));
  const names = used.slice(0, 40).map(({ name }) => escapeMarkdown(name));
  const rest = used.length - names.length;
  const list =
    names.length === 0
      ? ""
      : `Columns that it is given: ${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.\n\n`;
  return `${list}${OPEN("groups for which results should be looked at apart")}`;
}

function metrics(document: TrainDocument): string {
  const metric = rankingMetric(document);
  const gate =
    document.gate === undefined
      ? ""
      : ` It had to reach ${escapeMarkdown(document.gate.rule)} on the test rows and did${document.gate.passed ? "" : " not"}.`;
  return `Algorithms were ranked by ${metric ?? "score"} on ${document.rankedBy ?? "held-out"} rows.${gate}`;
}

function evaluationData({ rows }: TrainDocument): string {
  return `${formatCount(rows.test ?? 0)} test rows, which decided nothing, and ${formatCount(rows.validation ?? 0)} validation rows.`;
}

function trainingData({ rows, columns = [], dataFingerprint }: TrainDocument): string {
  return bullets([
    ["Rows", formatCount(rows.train ?? 0)],
    ["Columns", columns.length === 0 ? undefined : formatCount(columns.length)],
    ["SHA-256 of the data", dataFingerprint],
  ]);
}

function analyses(document: TrainDocument): string {
  const ranked = rankedAlgorithms(document);
  const names =
    metricNames(ranked, "test").length > 0 ? metricNames(ranked, "test") : metricNames(ranked, "validation");
  const role = metricNames(ranked, "test").length > 0 ? "test" : "validation";
  const head = `| algorithm | ${names.join(" | ")} |\n|---|${names.map(() => "---:|").join("")}`;
  const rows = ranked.map((algorithm) => {
    const name = escapeMarkdown(algorithm.title ?? algorithm.name);
    const bold = algorithm.name === document.champion ? `**${name}**` : name;
    return `| ${bold} | ${names.map((metric) => formatNumber(algorithm.metrics[role]?.[metric])).join(" | ")} |`;
  });
  const importance = importanceList(document);
  return `On the ${role} rows:\n\n${[head, ...rows].join("\n")}${importance === "" ? "" : `\n\n${importance}`}`;
}

function importanceList({ explanation }: TrainDocument): string {
  const permutation = explanation?.permutation;
  if (permutation === undefined || permutation.features.length === 0) return "";
  const lines = permutation.features
    .slice(0, FEATURES_SHOWN)
    .map(
      ({ feature, mean, std }) =>
        `| ${escapeMarkdown(feature)} | ${formatNumber(mean)} | ${permutation.repeats > 1 ? formatNumber(std) : "–"} |`,
    );
  return `How much worse ${permutation.metric} gets when a feature is shuffled:\n\n| feature | mean | spread |\n|---|---:|---:|\n${lines.join("\n")}`;
}

function caveats({ columns = [], warnings = [], explanation }: TrainDocument): string {
  const gaps = columns
    .filter(({ missing }) => missing > 0.2)
    .map(({ name, missing }) => `${escapeMarkdown(name)} (${formatShare(missing)})`);
  const summary = explanation?.predictions;
  const lines = [
    "Rows unlike those of the training data are predicted without a warning.",
    ...(gaps.length === 0 ? [] : [`Often missing in the training data: ${gaps.join(", ")}.`]),
    ...(summary?.kind === "classification"
      ? [
          `Predicted probabilities differ from how often they come true by ${formatShare(summary.calibrationError)} on average.`,
        ]
      : []),
    ...warnings.map(escapeMarkdown),
  ];
  return lines.map((line) => `- ${line}`).join("\n");
}

function bullets(lines: readonly (readonly [string, string | undefined])[]): string {
  return lines
    .filter((line): line is [string, string] => line[1] !== undefined)
    .map(([name, value]) => `- ${name}: ${escapeMarkdown(value)}`)
    .join("\n");
}
