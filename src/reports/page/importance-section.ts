import { renderBarChart } from "../charts/bar-chart.ts";
import type { Markup } from "../charts/svg.ts";
import type { TrainDocument } from "../document.ts";
import { formatCount, formatNumber, formatPlural, formatShare } from "../format.ts";
import { card, cards, type Section } from "./parts.ts";
import { championOf, nameOf } from "./summary-header.ts";

const FEATURES_SHOWN = 15;

/** What the champion looks at. */
export function importanceSection(document: TrainDocument): Section {
  const charts = [permutationCard(document), gainCard(document)].filter((chart) => chart !== "");
  return {
    id: "importance",
    short: "Importance",
    title: "What it looks at",
    lead: "Importance says what the model uses, not what causes the target. Features that say the same share their importance.",
    body: charts.length === 0 ? "" : cards(...charts),
  };
}

function permutationCard({ explanation }: TrainDocument): Markup {
  const permutation = explanation?.permutation;
  if (permutation === undefined || permutation.features.length === 0) return "";
  const shown = permutation.features.slice(0, FEATURES_SHOWN);
  const bars = shown.map(({ feature, mean, std }) => ({
    name: feature,
    value: mean,
    text: formatNumber(mean),
    spread: std,
    tone: 1,
  }));
  const rest = permutation.features.length - shown.length;
  const note =
    `How much worse ${permutation.metric} (${formatNumber(permutation.baseline)}) gets when a column is shuffled: ` +
    `${formatCount(permutation.rows)} ${explanation!.role} rows, ${permutation.repeats === 1 ? "once" : `${permutation.repeats} times`}.` +
    (rest > 0 ? ` ${formatPlural(rest, "less important feature")} not shown.` : "");
  const text = { id: "permutation", title: "Permutation importance", description: describe(bars) };
  return card("Permutation importance", note, renderBarChart(text, bars));
}

function gainCard(document: TrainDocument): Markup {
  const champion = championOf(document);
  const items = (champion?.importance ?? []).filter(({ share }) => share > 0);
  if (champion === undefined || items.length === 0) return "";
  const bars = items
    .slice(0, FEATURES_SHOWN)
    .map(({ feature, share }) => ({ name: feature, value: share, text: formatShare(share), tone: 3 }));
  const rest = items.slice(FEATURES_SHOWN).reduce((sum, { share }) => sum + share, 0);
  const measure = champion.importanceMeasure ?? "importance";
  const note =
    `${measure === "gain" ? "Share of the loss that splits on each feature saved" : `Share of ${measure}`}, by ${nameOf(champion)} itself.` +
    (rest > 0 ? ` The rest has ${formatShare(rest)} together.` : "");
  const text = { id: "gain", title: `Importance by ${measure}`, description: describe(bars) };
  return card(measure === "gain" ? "Importance by gain" : "Importance", note, renderBarChart(text, bars));
}

function describe(bars: readonly { name: string; text: string }[]): string {
  return bars.map(({ name, text }) => `${name} ${text}`).join(", ");
}
