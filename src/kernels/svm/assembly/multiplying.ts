import { dot } from "./dot";
import { AT_MATRIX, AT_OUTPUTS, AT_PRODUCT, AT_STEP, AT_WIDTH, at, nextTask } from "./frame";

const TASK_OUTPUTS: i32 = 32;

/** step = product · matrixᵀ: outputs × width, and width × width. Tasks are rows of the matrix. */
export function multiplyPass(thread: i32): void {
  const width = at(AT_WIDTH);
  const outputs = at(AT_OUTPUTS);
  const product = <usize>at(AT_PRODUCT);
  const matrix = <usize>at(AT_MATRIX);
  const to = <usize>at(AT_STEP);
  for (let first = nextTask() * TASK_OUTPUTS; first < width; first = nextTask() * TASK_OUTPUTS)
    for (let row = first; row < min(width, first + TASK_OUTPUTS); row++)
      for (let k: i32 = 0; k < outputs; k++)
        store<f32>(
          to + ((k * width + row) << 2),
          dot(matrix + ((row * width) << 2), product + ((k * width) << 2), width),
        );
}
