// Floating-point operations of one row in one training step, of products of matrices only: two for each weight on the way forward and four
// on the way back, but for the gradient of what goes in, which nobody needs.
const COLUMNS = 35;
const INPUTS = 8;
const WIDTH = 64;
const HIDDEN = { "mlp-8192": [128, 64], "mlp-1024": [128, 64], "wide-8192": [512, 512] };

export function flopsOf(name) {
  if (name === "lstm") return lstm(12);
  if (name === "transformer") return transformer(96);
  const sizes = [COLUMNS, ...HIDDEN[name], 1];
  const weights = sizes.slice(1).reduce((sum, width, i) => sum + width * sizes[i], 0);
  return 6 * weights - 2 * sizes[0] * sizes[1];
}

function lstm(steps) {
  const gates = 4 * WIDTH;
  return steps * (6 * WIDTH * gates + 4 * INPUTS * gates) + 6 * WIDTH;
}

function transformer(steps) {
  const dense = 4 * WIDTH * WIDTH + 2 * WIDTH * 4 * WIDTH;
  const attention = 2 * steps * WIDTH;
  return steps * (2 * 6 * (dense + attention) + 4 * INPUTS * WIDTH) + 6 * WIDTH;
}
