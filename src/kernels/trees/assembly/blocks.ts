import { CODE_ROWS } from "./codes";

/**
 * Trees as blocks of three levels, which are evaluated whole, from the bottom up, for 32 rows at once: a split is one comparison of bytes,
 * and no row waits for where another one goes. Leaves are numbered from left to right, so that of what two children say the greater
 * is the right one's: `max(left, right & goesRight)`.
 *
 * Block, 72 bytes: 0 where the codes of each of seven splits lie, u32 · 28 their thresholds i8 · 35 whether children are blocks · 36 of a
 * lowest block its first leaf u8 · 40 what the eight children say, u32: places of results, or of leaves' numbers. Splits are in the order
 * lowest level from left to right, middle level, top. A split that is not there never goes right.
 */
export const BLOCK_BYTES: i32 = 72;
/** Rows of a block's result: their leaves, a byte each. */
export const RESULT_ROWS: i32 = 32;

// @ts-ignore: decorator
@inline
function evaluateLowest(block: usize, codes: usize, to: usize): void {
  const two = i8x16.splat(2);
  const four = i8x16.splat(4);
  const six = i8x16.splat(6);
  const zero = i8x16.splat(0);

  let column = codes + <usize>load<u32>(block);
  let threshold = v128.load_splat<i8>(block, 28);
  let leftA = i8x16.sub(zero, i8x16.gt_s(v128.load(column), threshold));
  let leftB = i8x16.sub(zero, i8x16.gt_s(v128.load(column, 16), threshold));
  column = codes + <usize>load<u32>(block, 4);
  threshold = v128.load_splat<i8>(block, 29);
  let rightA = i8x16.sub(two, i8x16.gt_s(v128.load(column), threshold));
  let rightB = i8x16.sub(two, i8x16.gt_s(v128.load(column, 16), threshold));
  column = codes + <usize>load<u32>(block, 16);
  threshold = v128.load_splat<i8>(block, 32);
  const lowerA = i8x16.max_u(leftA, v128.and(rightA, i8x16.gt_s(v128.load(column), threshold)));
  const lowerB = i8x16.max_u(leftB, v128.and(rightB, i8x16.gt_s(v128.load(column, 16), threshold)));

  column = codes + <usize>load<u32>(block, 8);
  threshold = v128.load_splat<i8>(block, 30);
  leftA = i8x16.sub(four, i8x16.gt_s(v128.load(column), threshold));
  leftB = i8x16.sub(four, i8x16.gt_s(v128.load(column, 16), threshold));
  column = codes + <usize>load<u32>(block, 12);
  threshold = v128.load_splat<i8>(block, 31);
  rightA = i8x16.sub(six, i8x16.gt_s(v128.load(column), threshold));
  rightB = i8x16.sub(six, i8x16.gt_s(v128.load(column, 16), threshold));
  column = codes + <usize>load<u32>(block, 20);
  threshold = v128.load_splat<i8>(block, 33);
  const upperA = i8x16.max_u(leftA, v128.and(rightA, i8x16.gt_s(v128.load(column), threshold)));
  const upperB = i8x16.max_u(leftB, v128.and(rightB, i8x16.gt_s(v128.load(column, 16), threshold)));

  column = codes + <usize>load<u32>(block, 24);
  threshold = v128.load_splat<i8>(block, 34);
  const first = v128.load_splat<i8>(block, 36);
  const goesRightA = i8x16.gt_s(v128.load(column), threshold);
  const goesRightB = i8x16.gt_s(v128.load(column, 16), threshold);
  v128.store(to, i8x16.add(first, i8x16.max_u(lowerA, v128.and(upperA, goesRightA))));
  v128.store(to, i8x16.add(first, i8x16.max_u(lowerB, v128.and(upperB, goesRightB))), 16);
}

/** What the two children of a split say, for 16 of the rows. */
// @ts-ignore: decorator
@inline
function choose(left: v128, right: v128, column: usize, threshold: v128): v128 {
  return i8x16.max_u(left, v128.and(right, i8x16.gt_s(v128.load(column), threshold)));
}

// @ts-ignore: decorator
@inline
function evaluateUpper(block: usize, codes: usize, results: usize, to: usize): void {
  let column = codes + <usize>load<u32>(block);
  let threshold = v128.load_splat<i8>(block, 28);
  let left = results + <usize>load<u32>(block, 40);
  let right = results + <usize>load<u32>(block, 44);
  let leftA = choose(v128.load(left), v128.load(right), column, threshold);
  let leftB = choose(v128.load(left, 16), v128.load(right, 16), column + 16, threshold);
  column = codes + <usize>load<u32>(block, 4);
  threshold = v128.load_splat<i8>(block, 29);
  left = results + <usize>load<u32>(block, 48);
  right = results + <usize>load<u32>(block, 52);
  let rightA = choose(v128.load(left), v128.load(right), column, threshold);
  let rightB = choose(v128.load(left, 16), v128.load(right, 16), column + 16, threshold);
  column = codes + <usize>load<u32>(block, 16);
  threshold = v128.load_splat<i8>(block, 32);
  const lowerA = choose(leftA, rightA, column, threshold);
  const lowerB = choose(leftB, rightB, column + 16, threshold);

  column = codes + <usize>load<u32>(block, 8);
  threshold = v128.load_splat<i8>(block, 30);
  left = results + <usize>load<u32>(block, 56);
  right = results + <usize>load<u32>(block, 60);
  leftA = choose(v128.load(left), v128.load(right), column, threshold);
  leftB = choose(v128.load(left, 16), v128.load(right, 16), column + 16, threshold);
  column = codes + <usize>load<u32>(block, 12);
  threshold = v128.load_splat<i8>(block, 31);
  left = results + <usize>load<u32>(block, 64);
  right = results + <usize>load<u32>(block, 68);
  rightA = choose(v128.load(left), v128.load(right), column, threshold);
  rightB = choose(v128.load(left, 16), v128.load(right, 16), column + 16, threshold);
  column = codes + <usize>load<u32>(block, 20);
  threshold = v128.load_splat<i8>(block, 33);
  const upperA = choose(leftA, rightA, column, threshold);
  const upperB = choose(leftB, rightB, column + 16, threshold);

  column = codes + <usize>load<u32>(block, 24);
  threshold = v128.load_splat<i8>(block, 34);
  v128.store(to, choose(lowerA, upperA, column, threshold));
  v128.store(to, choose(lowerB, upperB, column + 16, threshold), 16);
}

/**
 * Adds a tree's values to the outputs of some rows, `step` bytes apart.
 *
 * @param results room for a result of each block
 */
export function walkBlocks(block: usize, count: i32, leaves: usize, codes: usize, rows: i32, results: usize, output: usize, step: usize): void {
  const end = block + <usize>(count * BLOCK_BYTES);
  const last = results + <usize>((count - 1) * RESULT_ROWS);
  for (let row = 0; row < rows; row += RESULT_ROWS) {
    const own = codes + <usize>row;
    let to = results;
    for (let at = block; at < end; at += <usize>BLOCK_BYTES) {
      if (load<u8>(at, 35)) evaluateUpper(at, own, results, to);
      else evaluateLowest(at, own, to);
      to += <usize>RESULT_ROWS;
    }
    addLeaves(last, leaves, output + <usize>row * step, step, min(RESULT_ROWS, rows - row));
  }
}

// @ts-ignore: decorator
@inline
function addLeaf(numbers: usize, leaves: usize, output: usize): void {
  store<f64>(output, load<f64>(output) + load<f64>(leaves + (<usize>load<u8>(numbers) << 3)));
}

function addLeaves(numbers: usize, leaves: usize, output: usize, step: usize, rows: i32): void {
  let at = numbers;
  let to = output;
  const whole = numbers + <usize>(rows & ~3);
  for (; at < whole; at += 4) {
    addLeaf(at, leaves, to);
    addLeaf(at + 1, leaves, to + step);
    addLeaf(at + 2, leaves, to + 2 * step);
    addLeaf(at + 3, leaves, to + 3 * step);
    to += step << 2;
  }
  for (; at < numbers + <usize>rows; at++) {
    addLeaf(at, leaves, to);
    to += step;
  }
}

/**
 * Trees of many leaves are walked node by node. Node, 8 bytes: 0 threshold i8, and above it the number of its column of codes · 4 left
 * child u32, whose neighbour is the right one; a leaf leads to itself and is never right of anything.
 */

// @ts-ignore: decorator
@inline
function step(nodes: usize, node: usize, codes: usize): usize {
  const at = nodes + (node << 3);
  const code = load<i8>(codes + <usize>(load<u32>(at) & 0xffffff00));
  return <usize>load<u32>(at, 4) + <usize>(<i32>(code > load<i8>(at)));
}

/** Adds a tree's values to the outputs of some rows, `step` bytes apart. `CODE_ROWS` is what the low byte of a place is free for. */
export function walkNodes(nodes: usize, leaves: usize, codes: usize, rows: i32, output: usize, stepBytes: usize): void {
  let row = 0;
  for (; row + 8 <= rows; row += 8) {
    const own = codes + <usize>row;
    let a: usize = 0;
    let b: usize = 0;
    let c: usize = 0;
    let d: usize = 0;
    let e: usize = 0;
    let f: usize = 0;
    let g: usize = 0;
    let h: usize = 0;
    let moved = true;
    while (moved) {
      a = step(nodes, a, own);
      b = step(nodes, b, own + 1);
      c = step(nodes, c, own + 2);
      d = step(nodes, d, own + 3);
      e = step(nodes, e, own + 4);
      f = step(nodes, f, own + 5);
      g = step(nodes, g, own + 6);
      h = step(nodes, h, own + 7);
      const before = a + b + c + d + e + f + g + h;
      a = step(nodes, a, own);
      b = step(nodes, b, own + 1);
      c = step(nodes, c, own + 2);
      d = step(nodes, d, own + 3);
      e = step(nodes, e, own + 4);
      f = step(nodes, f, own + 5);
      g = step(nodes, g, own + 6);
      h = step(nodes, h, own + 7);
      // Children have higher numbers than their parents.
      moved = a + b + c + d + e + f + g + h != before;
    }
    let to = output + <usize>row * stepBytes;
    addNode(to, leaves, a);
    addNode(to += stepBytes, leaves, b);
    addNode(to += stepBytes, leaves, c);
    addNode(to += stepBytes, leaves, d);
    addNode(to += stepBytes, leaves, e);
    addNode(to += stepBytes, leaves, f);
    addNode(to += stepBytes, leaves, g);
    addNode(to += stepBytes, leaves, h);
  }
  for (; row < rows; row++) {
    let node: usize = 0;
    let next = step(nodes, 0, codes + <usize>row);
    while (next != node) {
      node = next;
      next = step(nodes, node, codes + <usize>row);
    }
    addNode(output + <usize>row * stepBytes, leaves, node);
  }
}

// @ts-ignore: decorator
@inline
function addNode(output: usize, leaves: usize, node: usize): void {
  store<f64>(output, load<f64>(output) + load<f64>(leaves + (node << 3)));
}
