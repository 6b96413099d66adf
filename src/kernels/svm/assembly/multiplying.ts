import { dot } from "./dot";
import { AT_MATRIX, AT_OUTPUTS, AT_PRODUCT, AT_STEP, AT_WIDTH, takeTask, word } from "./frame";

const TASK_OUTPUTS: i32 = 32;

/** step = product · matrixᵀ: outputs × width, and width × width. Tasks are rows of the matrix. */
export function multiplyPass(thread: i32): void {
  const width = word(AT_WIDTH);
  const outputs = word(AT_OUTPUTS);
  const product = <usize>word(AT_PRODUCT);
  const matrix = <usize>word(AT_MATRIX);
  const to = <usize>word(AT_STEP);
  for (let first = takeTask() * TASK_OUTPUTS; first < width; first = takeTask() * TASK_OUTPUTS)
    for (let row = first; row < min(width, first + TASK_OUTPUTS); row++)
      for (let k: i32 = 0; k < outputs; k++)
        store<f32>(
          to + ((k * width + row) << 2),
          dot(matrix + ((row * width) << 2), product + ((k * width) << 2), width),
        );
}
