import { derivativesTwin, type TwinLoss } from "../../../src/kernels/trees/loss-twins.ts";

export interface PlainRows {
  readonly columns: readonly Float64Array[];
  readonly target: Float64Array;
  readonly weight: Float64Array;
}

export interface PlainSettings {
  readonly loss: TwinLoss;
  readonly base: number;
  readonly rounds: number;
  readonly maxDepth: number;
  readonly learningRate: number;
  readonly lambda: number;
  readonly minChildWeight: number;
}

interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

/** Newton boosting by trying every cut, all in float64: what the integer engine is held against. Returns the scores. */
export function boostInFloat64(rows: PlainRows, settings: PlainSettings): Float64Array {
  const scores = new Float64Array(rows.target.length).fill(settings.base);
  for (let round = 0; round < settings.rounds; round++) {
    const sums = Array.from(scores, (score, i): Sums => {
      const { gradient, hessian } = derivativesTwin(settings.loss, {
        scores: [score],
        target: rows.target[i]!,
        parameter: 0,
      });
      return { gradient: gradient * rows.weight[i]!, hessian: hessian * rows.weight[i]! };
    });
    const all = Array.from(scores, (_, i) => i).filter((i) => rows.weight[i]! > 0);
    grow(rows, sums, settings, all, 0, scores);
  }
  return scores;
}

function grow(
  rows: PlainRows,
  sums: readonly Sums[],
  settings: PlainSettings,
  members: readonly number[],
  depth: number,
  scores: Float64Array,
): void {
  const total = addUp(members.map((i) => sums[i]!));
  const cut = depth < settings.maxDepth ? bestCut(rows, sums, settings, members, total) : null;
  if (cut === null) {
    const value = (-total.gradient / (total.hessian + settings.lambda)) * settings.learningRate;
    for (const i of members) scores[i]! += value;
    return;
  }
  const { column, value } = cut;
  grow(
    rows,
    sums,
    settings,
    members.filter((i) => column[i]! <= value),
    depth + 1,
    scores,
  );
  grow(
    rows,
    sums,
    settings,
    members.filter((i) => column[i]! > value),
    depth + 1,
    scores,
  );
}

function bestCut(
  { columns }: PlainRows,
  sums: readonly Sums[],
  { lambda, minChildWeight }: PlainSettings,
  members: readonly number[],
  total: Sums,
): { column: Float64Array; value: number } | null {
  const score = ({ gradient, hessian }: Sums): number => gradient ** 2 / (hessian + lambda);
  let best: { column: Float64Array; value: number } | null = null;
  let most = 0;
  for (const column of columns) {
    for (const value of new Set(members.map((i) => column[i]!))) {
      const left = addUp(members.filter((i) => column[i]! <= value).map((i) => sums[i]!));
      const right = { gradient: total.gradient - left.gradient, hessian: total.hessian - left.hessian };
      if (members.every((i) => column[i]! <= value)) continue;
      if (left.hessian < minChildWeight || right.hessian < minChildWeight) continue;
      const gain = score(left) + score(right) - score(total);
      if (gain > most) [best, most] = [{ column, value }, gain];
    }
  }
  return best;
}

function addUp(sums: readonly Sums[]): Sums {
  let gradient = 0;
  let hessian = 0;
  for (const each of sums) {
    gradient += each.gradient;
    hessian += each.hessian;
  }
  return { gradient, hessian };
}
