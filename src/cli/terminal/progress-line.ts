import type { RunProgress } from "../../core/index.ts";
import {
  formatCount,
  formatNumber,
  formatPlural,
  formatSeconds,
  paint,
  pluralOf,
  printable,
  renderProgressBar,
  type Style,
} from "../../reports/text/index.ts";

const BAR_WIDTH = 14;

/**
 * Stage, subject, bar, steps, rate, time left, key metric: as many of them as fit, the telling ones first.
 *
 * @param baseStep the step that this process began behind
 */
export function progressLine(
  stage: string,
  elapsed: number,
  progress: RunProgress | undefined,
  baseStep: number,
  style: Style,
  withBar: boolean,
): string {
  const parts: { text: string; rank: number; painted?: string }[] = [{ text: stage, rank: 0 }];
  if (progress === undefined) parts.push({ text: formatSeconds(elapsed), rank: 1 });
  else parts.push(...progressParts(progress, baseStep, style, withBar));
  const length = (): number => parts.reduce((sum, part) => sum + part.text.length + 2, -2);
  while (length() > style.width && parts.length > 1) {
    const worst = parts.reduce((found, part, index) => (part.rank > parts[found]!.rank ? index : found), 0);
    parts.splice(worst, 1);
  }
  return parts
    .map((part) => part.painted ?? part.text)
    .join("  ")
    .slice(0, style.color ? undefined : style.width);
}

function progressParts(progress: RunProgress, baseStep: number, style: Style, withBar: boolean) {
  const { report } = progress;
  const parts: { text: string; rank: number; painted?: string }[] = [];
  if (progress.subject !== undefined) {
    const subject = printable(progress.subject);
    parts.push({ text: subject, rank: 1, painted: paint(style, "bold", subject) });
  }
  const share = report.total === undefined || report.total === 0 ? undefined : Math.min(1, report.step / report.total);
  if (share !== undefined && withBar) {
    const bar = renderProgressBar(share, BAR_WIDTH, style);
    parts.push({ text: bar, rank: 4, painted: paint(style, "cyan", bar) });
  }
  if (share !== undefined) parts.push({ text: `${Math.floor(share * 100)} %`, rank: 6 });
  parts.push({ text: stepsText(progress), rank: 2 });
  const rate = rateOf(progress, baseStep);
  if (rate > 0 && progress.seconds >= 0.5) parts.push({ text: rateText(rate, report.unit), rank: 5 });
  const left =
    progress.secondsLeft ?? (rate > 0 && report.total !== undefined ? (report.total - report.step) / rate : undefined);
  if (left !== undefined && !report.done && progress.seconds >= 0.5)
    parts.push({ text: `${formatSeconds(Math.max(0, left))} left`, rank: 3 });
  const metric = keyMetric(report.metrics);
  if (metric !== undefined) parts.push({ text: metric, rank: 3.5 });
  return parts;
}

/** Steps a second; 0 where that is not known. */
function rateOf({ report, seconds, secondsPerStep }: RunProgress, baseStep: number): number {
  if (secondsPerStep !== undefined) return secondsPerStep === null || secondsPerStep === 0 ? 0 : 1 / secondsPerStep;
  return seconds > 0 ? (report.step - baseStep) / seconds : 0;
}

function stepsText({ report }: RunProgress): string {
  if (report.total === undefined) return formatPlural(report.step, report.unit);
  return `${formatCount(report.step)}/${formatCount(report.total)} ${pluralOf(report.unit)}`;
}

function rateText(rate: number, unit: string): string {
  return rate >= 1 ? `${rate >= 10 ? formatCount(rate) : rate.toFixed(1)}/s` : `${(1 / rate).toFixed(1)} s a ${unit}`;
}

function keyMetric(metrics: Readonly<Record<string, number>> | undefined): string | undefined {
  const names = Object.keys(metrics ?? {});
  const name = names.find((candidate) => candidate.startsWith("validation")) ?? names[0];
  return name === undefined
    ? undefined
    : `${printable(name).replace(/^validation\./, "valid. ")} ${formatNumber(metrics![name])}`;
}
