import type { BandMetrics, RuleProof, RulesResult } from "../../core/index.ts";
import { renderConfusionChart } from "../charts/confusion-chart.ts";
import { element, escapeText, type Markup } from "../charts/svg.ts";
import type { TrainDocument } from "../document.ts";
import { formatCount, formatNumber, formatShare } from "../format.ts";
import { card, cards, htmlTable, numberText, type Section } from "./parts.ts";
import { championOf } from "./summary-header.ts";

/** What no prediction may do, the proof that none does, and predictions as bands. */
export function rulesSection(document: TrainDocument): Section {
  const { rules } = document;
  const bands = championOf(document)?.bands;
  const parts = [
    ...(bands === undefined ? [] : [bandCard(bands), bandTable(bands)]),
    ...(rules === undefined ? [] : [proofCard(rules), capCard(rules), directionCard(rules)]),
  ].filter((part) => part !== "");
  return {
    id: "rules",
    short: "Rules",
    title: bands === undefined ? "Rules and their proof" : "Bands, rules and their proof",
    ...(rules === undefined
      ? {}
      : {
          lead: "Every prediction passes through these rules, wherever the model runs; a model that breaks one is not published.",
        }),
    body: parts.length === 0 ? "" : cards(...parts),
  };
}

function bandCard(bands: BandMetrics): Markup {
  const { worstMistake } = bands;
  const rate = worstMistake.rate === null ? "" : ` (${formatShare(worstMistake.rate)} of them)`;
  const note = `${worstMistake.actual} taken for ${worstMistake.predicted}: ${formatCount(worstMistake.count)}${rate}. Accuracy ${formatNumber(bands.accuracy)}.`;
  const text = { id: "bands", title: "Actual and predicted bands", description: note };
  return card("As bands", note, renderConfusionChart(text, bands));
}

function bandTable({ perClass }: BandMetrics): Markup {
  const number = (title: string) => ({ title, number: true });
  const rows = perClass.map(({ name, precision, recall, f1 }) => ({
    cells: [escapeText(name), numberText(precision), numberText(recall), numberText(f1)],
  }));
  const columns = [{ title: "Band" }, number("precision"), number("recall"), number("f1")];
  return card("Each band", "", htmlTable("Metrics of each band", columns, rows));
}

function proofCard({ proofs }: RulesResult): Markup {
  if (proofs.length === 0) return "";
  const rows = proofs.map((proof) => ({
    cells: [escapeText(proof.algorithm), formatCount(proof.gridPoints), formatCount(proof.testRows), outcome(proof)],
  }));
  const columns = [
    { title: "Model" },
    { title: "grid points", number: true },
    { title: "test rows", number: true },
    { title: "result" },
  ];
  return card(
    "Proof",
    "Every rule was checked at every point of a grid and on every test row.",
    htmlTable("Proof of the rules", columns, rows),
    true,
  );
}

function outcome({ broken }: RuleProof): Markup {
  if (broken === null) return element("span", { class: "good" }, "no rule broken");
  return element("span", { class: "bad" }, escapeText(`${broken.rule} broken at ${broken.where}: ${broken.found}`));
}

function capCard({ caps, proofs }: RulesResult): Markup {
  if (caps.length === 0) return "";
  const capped = proofs.at(-1)?.capped ?? {};
  const rows = caps.map(({ name, cap, reason }) => ({
    cells: [
      escapeText(name),
      formatNumber(cap),
      Object.hasOwn(capped, name) ? formatCount(capped[name]!) : "–",
      escapeText(reason),
    ],
  }));
  const columns = [
    { title: "Cap" },
    { title: "at most", number: true },
    { title: "test rows", number: true },
    { title: "why" },
  ];
  return card(
    "Caps",
    "Dangers that nothing outweighs, and how many test rows each held for.",
    htmlTable("Caps", columns, rows),
    true,
  );
}

function directionCard({ monotone }: RulesResult): Markup {
  const entries = Object.entries(monotone).sort();
  if (entries.length === 0) return "";
  const rows = entries.map(([column, direction]) => ({
    cells: [escapeText(column), direction > 0 ? "never lowers it" : "never raises it"],
  }));
  return card(
    "Directions",
    "What more of a column may do to the prediction, all else equal.",
    htmlTable("Directions", [{ title: "Column" }, { title: "more of it" }], rows),
  );
}
