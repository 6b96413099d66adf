// The networks that bench/neural/steps.mjs measures, from our layers.
import * as layers from "../../dist/algorithms/neural/layers/index.js";

const WIDTH = 64;
const HEADS = 4;
const BLOCKS = 2;

export const CASES = {
  "mlp-8192": { batch: 8192, hidden: [128, 64] },
  "mlp-1024": { batch: 1024, hidden: [128, 64] },
  "wide-8192": { batch: 8192, hidden: [512, 512] },
  lstm: { batch: 1024, steps: 12, inputs: 8, define: lstm },
  transformer: { batch: 64, steps: 96, inputs: 8, define: transformer },
};

export function definitionOf({ steps, inputs, define }) {
  const { parameters, outputs } = define(steps, inputs);
  return {
    inputs: [{ name: "x", shape: [steps, inputs], dtype: "float32" }],
    targets: [{ name: "y", shape: [1], dtype: "float32" }],
    parameters,
    outputs: (scope) => outputs(scope, scope.input("x")),
    loss: ({ tape, input }, made) => {
      // The batch is always whole here.
      const total = tape.sum(tape.square(tape.sub(made, input("y"))), [0, 1]);
      return tape.scale(total, 1 / (steps === 12 ? CASES.lstm.batch : CASES.transformer.batch));
    },
  };
}

function lstm(_, inputs) {
  return {
    parameters: [...layers.lstmParameters("lstm", inputs, WIDTH), ...layers.denseParameters("output", WIDTH, 1)],
    outputs: (scope, x) => layers.dense(scope, "output", layers.lstm(scope, "lstm", x).at(-1)),
  };
}

function transformer(steps, inputs) {
  const names = Array.from({ length: BLOCKS }, (_, i) => `block${i}`);
  return {
    parameters: [
      ...layers.denseParameters("input", inputs, WIDTH),
      { name: "positions", shape: [steps, WIDTH], decayed: false, initial: "normal" },
      ...names.flatMap((name) => [
        ...layers.layerNormParameters(`${name}/first`, WIDTH),
        ...layers.attentionParameters(`${name}/attention`, WIDTH),
        ...layers.layerNormParameters(`${name}/second`, WIDTH),
        ...layers.denseParameters(`${name}/wide`, WIDTH, 4 * WIDTH),
        ...layers.denseParameters(`${name}/narrow`, 4 * WIDTH, WIDTH),
      ]),
      ...layers.denseParameters("output", WIDTH, 1),
    ],
    outputs: (scope, x) => {
      const { tape } = scope;
      let sequence = tape.add(layers.dense(scope, "input", x), scope.parameter("positions"));
      for (const name of names) {
        const first = layers.layerNorm(scope, `${name}/first`, sequence);
        sequence = tape.add(sequence, layers.attention(scope, `${name}/attention`, first, first, HEADS));
        const second = layers.layerNorm(scope, `${name}/second`, sequence);
        const wide = tape.relu(layers.dense(scope, `${name}/wide`, second));
        sequence = tape.add(sequence, layers.dense(scope, `${name}/narrow`, wide));
      }
      return layers.dense(scope, "output", tape.mean(sequence, [1]));
    },
  };
}
