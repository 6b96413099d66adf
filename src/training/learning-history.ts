import type { JsonObject, LearningHistory, StepReport } from "../core/index.ts";

const MAX_POINTS = 200;
/** Points held while training goes on: enough that the thinning at the end spreads them evenly. */
const HELD_POINTS = 2 * MAX_POINTS;

interface Point {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Keeps the numbers that steps report, in memory that does not grow with the steps: once too many are held, every other one
 * goes, and from then on only every second, fourth, … is taken. Depends on the reports alone, so that a resumed run keeps the same.
 */
export class LearningHistoryRecorder {
  #unit = "step";
  /** Reports with numbers so far. */
  #seen = 0;
  #stride = 1;
  #points: Point[] = [];
  #last: Point | null = null;

  add({ step, unit, metrics }: StepReport): void {
    if (metrics === undefined || Object.keys(metrics).length === 0) return;
    this.#unit = unit;
    this.#last = { step, metrics: finiteOnly(metrics) };
    if (this.#seen++ % this.#stride !== 0) return;
    this.#points.push(this.#last);
    if (this.#points.length < HELD_POINTS) return;
    this.#points = this.#points.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }

  getState(): JsonObject {
    const points = this.#points.map(({ step, metrics }) => ({ step, metrics: { ...metrics } }));
    const last = this.#last === null ? null : { step: this.#last.step, metrics: { ...this.#last.metrics } };
    return { unit: this.#unit, seen: this.#seen, stride: this.#stride, points, last };
  }

  /** @param state of `getState` */
  setState(state: JsonObject): void {
    const { unit, seen, stride, points, last } = state as unknown as RecorderState;
    this.#unit = unit;
    this.#seen = seen;
    this.#stride = stride;
    this.#points = [...points];
    this.#last = last;
  }

  /** Null where nothing was reported. */
  history(): LearningHistory | null {
    const last = this.#last;
    if (last === null) return null;
    const all = this.#points.at(-1)?.step === last.step ? this.#points : [...this.#points, last];
    const points = all.length <= MAX_POINTS ? all : spread(all, MAX_POINTS);
    const names = [...new Set(points.flatMap(({ metrics }) => Object.keys(metrics)))].sort();
    const series = names.map((name) => [name, points.map(({ metrics }) => metrics[name] ?? null)] as const);
    return { unit: this.#unit, steps: points.map(({ step }) => step), series: Object.fromEntries(series) };
  }
}

interface RecorderState {
  readonly unit: string;
  readonly seen: number;
  readonly stride: number;
  readonly points: readonly Point[];
  readonly last: Point | null;
}

/** The first, the last and as many between, at equal distances. */
function spread<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, i) => items[Math.round((i * (items.length - 1)) / (count - 1))]!);
}

function finiteOnly(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}
