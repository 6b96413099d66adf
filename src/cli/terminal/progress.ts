import { performance } from "node:perf_hooks";
import type { RunObserver, RunProgress } from "../../core/index.ts";
import { formatSeconds, paint, printable, sign } from "../../reports/text/index.ts";
import type { Output } from "./output.ts";
import { progressLine } from "./progress-line.ts";

/** Shows a run to a person. */
export interface Progress {
  readonly observer: RunObserver;
  /** Must be called at the end, however it ends; the last stage counts as done only where `done` is true. Safe to call twice. */
  finish(done: boolean): void;
}

const REDRAW_MILLISECONDS = 80;
const SPIN_MILLISECONDS = 120;
const STALE_MILLISECONDS = 1000;
const PLAIN_SECONDS = 10;
const PLAIN_SECONDS_VERBOSE = 1;
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const ASCII_SPINNER = ["|", "/", "-", "\\"];

interface Shown {
  stage: string;
  index: number;
  count: number;
  stageBegan: number;
  latest: RunProgress | undefined;
  latestAt: number;
  /** The step before the first that this process saw of this subject: rates are of this process only. */
  baseStep: number;
  lastDrawn: number;
  lastPlain: number;
}

/**
 * One live line where the terminal can redraw one; else a line a stage and at most one every 10 s (1 s with `--verbose`).
 */
export function createProgress(output: Output): Progress {
  const shown: Shown = {
    stage: "",
    index: 0,
    count: 0,
    stageBegan: performance.now(),
    latest: undefined,
    latestAt: 0,
    baseStep: 0,
    lastDrawn: 0,
    lastPlain: performance.now(),
  };
  const timer = output.animated ? setInterval(() => draw(output, shown, true), SPIN_MILLISECONDS).unref() : undefined;
  const observer: RunObserver = {
    stage: (name, index, count) => {
      endStage(output, shown);
      Object.assign(shown, { stage: printable(name), index, count, latest: undefined });
      shown.stageBegan = shown.lastPlain = performance.now();
      if (output.animated) draw(output, shown, true);
      else if (count > 1) output.note(`[${index + 1}/${count}] ${shown.stage}`);
    },
    progress: (progress) => {
      const before = shown.latest;
      if (before?.subject !== progress.subject || before?.stage !== progress.stage)
        // Rows come many at a time, and are counted from the first of the table.
        shown.baseStep = progress.report.unit === "row" ? 0 : progress.report.step - 1;
      shown.latest = progress;
      shown.latestAt = performance.now();
      if (output.animated) draw(output, shown, progress.report.done);
      else drawPlain(output, shown);
    },
    notice: (message) => output.note(indented(output, message)),
    warning: (message) => output.warn(message),
  };
  return {
    observer,
    finish: (done) => {
      clearInterval(timer);
      if (done) endStage(output, shown);
      shown.stage = "";
      output.live(null);
    },
  };
}

/** Several lines stay several lines; each is made printable. */
function indented(output: Output, message: string): string {
  const mark = paint(output.talkStyle, "dim", sign(output.talkStyle, "·", "-"));
  return message
    .split("\n")
    .flatMap((line) => wrapped(printableTable(line), output.talkStyle.width - 3))
    .map((line, index) => `${index === 0 ? mark : " "} ${line}`)
    .join("\n");
}

/** Breaks a line at its last space before the edge; a word that is longer than the line is left to the terminal. */
function wrapped(line: string, width: number): string[] {
  const at = line.length <= width ? -1 : line.lastIndexOf(" ", width);
  return at <= 0 ? [line] : [line.slice(0, at), ...wrapped(line.slice(at + 1), width)];
}

function printableTable(line: string): string {
  return printable(line.replaceAll("\t", "  ")).trimEnd();
}

function endStage(output: Output, shown: Shown): void {
  if (shown.stage === "" || !output.animated) return;
  const style = output.talkStyle;
  const seconds = (performance.now() - shown.stageBegan) / 1000;
  output.live(null);
  output.note(
    `${paint(style, "green", sign(style, "✓", "+"))} ${shown.stage.padEnd(10)} ${paint(style, "dim", formatSeconds(seconds))}`,
  );
  shown.stage = "";
}

function draw(output: Output, shown: Shown, force: boolean): void {
  const now = performance.now();
  if (shown.stage === "" || (!force && now - shown.lastDrawn < REDRAW_MILLISECONDS)) return;
  shown.lastDrawn = now;
  const style = output.talkStyle;
  const frames = style.unicode ? SPINNER : ASCII_SPINNER;
  const frame = paint(style, "cyan", frames[Math.floor(now / SPIN_MILLISECONDS) % frames.length]!);
  const elapsed = (now - shown.stageBegan) / 1000;
  const room = { ...style, width: style.width - 3 };
  // What is done says nothing about what goes on now, such as loading the next algorithm.
  const stale = shown.latest?.report.done === true && now - shown.latestAt > STALE_MILLISECONDS;
  const latest = stale ? undefined : shown.latest;
  output.live(`${frame} ${progressLine(shown.stage, elapsed, latest, shown.baseStep, room, true)}`);
}

function drawPlain(output: Output, shown: Shown): void {
  const now = performance.now();
  const pause = output.switches.verbose ? PLAIN_SECONDS_VERBOSE : PLAIN_SECONDS;
  if (now - shown.lastPlain < pause * 1000) return;
  shown.lastPlain = now;
  const style = { ...output.talkStyle, color: false };
  output.note(
    `  ${progressLine(shown.stage, (now - shown.stageBegan) / 1000, shown.latest, shown.baseStep, style, false)}`,
  );
}
