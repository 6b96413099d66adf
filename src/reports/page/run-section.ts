import { renderBarChart } from "../charts/bar-chart.ts";
import { element, escapeText, type Markup } from "../charts/svg.ts";
import type { TrainDocument } from "../document.ts";
import { formatBytes, formatSeconds } from "../format.ts";
import { card, cards, facts, type Section } from "./parts.ts";

/** How the model was made: enough to make it again. */
export function runSection(document: TrainDocument): Section {
  return {
    id: "run",
    short: "Run",
    title: "How it was made",
    body: cards(card("Facts", "", factList(document)), stageCard(document)),
  };
}

function factList(document: TrainDocument): Markup {
  const code = (text: string): Markup => element("code", {}, escapeText(text));
  const lines: (readonly [string, Markup | undefined])[] = [
    ["Run", code(document.run)],
    ["Status", escapeText(document.status)],
    ["Seed", escapeText(String(document.seed))],
    ["Resumed", escapeText(resumedText(document.resumedFrom))],
    ["Model", document.modelPath === null ? undefined : code(document.modelPath)],
    ["Model SHA-256", document.modelSha256 === null ? undefined : code(document.modelSha256)],
    ["Data SHA-256", document.dataFingerprint === undefined ? undefined : code(document.dataFingerprint)],
    ...Object.entries(document.environment ?? {})
      .sort()
      .map(([name, value]) => [name, escapeText(String(value))] as const),
  ];
  return facts(lines.filter((line): line is [string, Markup] => line[1] !== undefined));
}

function resumedText(from: unknown): string {
  if (from === null || from === undefined) return "no, it ran through";
  if (typeof from !== "object") return String(from);
  const { stage, step } = from as { stage?: unknown; step?: unknown };
  return `yes, from stage ${String(stage ?? "?")}, step ${String(step ?? "?")}; the model is the same as without`;
}

function stageCard({ stages }: TrainDocument): Markup {
  if (stages.length === 0) return "";
  const bars = stages.map(({ name, seconds }) => ({ name, value: seconds, text: formatSeconds(seconds), tone: 5 }));
  const peak = Math.max(...stages.map(({ peakRssBytes }) => peakRssBytes));
  const total = stages.reduce((sum, { seconds }) => sum + seconds, 0);
  const note = `${formatSeconds(total)} in all${peak > 0 ? `, ${formatBytes(peak)} of memory at most` : ""}.`;
  const text = {
    id: "stages",
    title: "Time by stage",
    description: bars.map(({ name, text }) => `${name} ${text}`).join(", "),
  };
  return card("Time by stage", note, renderBarChart(text, bars));
}
