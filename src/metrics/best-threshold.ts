/**
 * The probability from which a label should be given so that F1 is highest on these rows: midway between the last score that is
 * taken in and the next one. Of equal F1 the highest threshold. Null where no row has the label, or none is without it.
 *
 * @param truth 1 where the row has the label
 */
export function bestThreshold(scores: Float64Array, truth: Uint8Array): number | null {
  const order = Uint32Array.from({ length: scores.length }, (_, row) => row).sort(
    (a, b) => scores[b]! - scores[a]! || a - b,
  );
  const positives = truth.reduce((sum, has) => sum + has, 0);
  if (positives === 0 || positives === truth.length) return null;
  let hits = 0;
  let best = -1;
  let threshold = 0.5;
  order.forEach((row, i) => {
    hits += truth[row]!;
    const score = scores[row]!;
    const next = i + 1 < order.length ? scores[order[i + 1]!]! : 0;
    // Equal scores are taken in together.
    if (next === score && i + 1 < order.length) return;
    const f1 = (2 * hits) / (i + 1 + positives);
    if (f1 > best) [best, threshold] = [f1, (score + next) / 2];
  });
  return threshold;
}
