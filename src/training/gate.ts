import { type GateResult, KaaykoError, type TaskKind, unknownName } from "../core/index.ts";
import { type MetricValues, metricNames } from "../metrics/index.ts";

const COMPARISONS: Record<string, (value: number, bound: number) => boolean> = {
  ">=": (value, bound) => value >= bound,
  "<=": (value, bound) => value <= bound,
  ">": (value, bound) => value > bound,
  "<": (value, bound) => value < bound,
};

/** What the champion must reach. Plain data. */
export interface Gate {
  readonly rule: string;
  readonly metric: string;
  readonly comparison: string;
  readonly bound: number;
}

/**
 * Reads a gate such as `auc>=0.9` or `rmse<=0.2`.
 *
 * @throws KaaykoError (usage) where it cannot be read or the task has no such metric
 */
export function parseGate(rule: string, task: TaskKind | null): Gate {
  const match = /^\s*([A-Za-z0-9]+)\s*(>=|<=|>|<)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*$/i.exec(rule);
  if (match === null)
    throw new KaaykoError({
      action: "set minScore",
      rule: "it must be a metric, a comparison and a number",
      got: JSON.stringify(rule),
      remedy: 'Write it as "auc>=0.9" or "rmse<=0.2".',
      kind: "usage",
    });
  const [, metric, comparison, bound] = match as unknown as [string, string, string, string];
  if (task !== null && !metricNames(task).includes(metric)) throw unknownName("metric", metric, metricNames(task));
  return { rule: rule.trim(), metric, comparison, bound: Number(bound) };
}

/** Judges metrics by a gate; a metric that is null does not pass. */
export function judge(gate: Gate, values: MetricValues | undefined): GateResult {
  const value = values?.[gate.metric] ?? null;
  const passed = value !== null && COMPARISONS[gate.comparison]!(value, gate.bound);
  return { rule: gate.rule, metric: gate.metric, value, passed };
}

/** The error of a gate that was missed (exit code 3). */
export function gateError(gate: GateResult): KaaykoError {
  return new KaaykoError({
    action: "accept the champion",
    rule: `its test metrics must have ${gate.rule}`,
    got: gate.value === null ? `no ${gate.metric}` : `${gate.metric} ${gate.value}`,
    remedy: "No model was published. The run and its report are kept.",
    kind: "gate",
  });
}
