/**
 * Trees for one row at a time, as a module of its own: its memory is its own too, and whoever exports a model lays them out in it. Eight
 * trees are walked together, each waiting for memory while the others go on.
 *
 * A tree is numbers f64 and columns u16, side by side in all trees' arrays; a split goes right where the value in its column is above its
 * number. Group of eight trees, 44 bytes: 0 first node of the first tree · 4 levels · 8 nodes from one tree to the next; 0 where trees
 * are linked · 12 their roots u32.
 *
 * In a complete tree node n leads to 2n and 2n + 1, the root is 1, and the numbers of the lowest level are the leaves' values. In a
 * linked tree a node leads to its link u32 or the node after that; a leaf leads to itself, and column 0 is above nothing.
 */

let numbers: usize = 0;
let columns: usize = 0;
let links: usize = 0;
let values: usize = 0;

/** Says where the arrays lie. */
export function place(numbersAt: usize, columnsAt: usize, linksAt: usize, valuesAt: usize): void {
  numbers = numbersAt;
  columns = columnsAt;
  links = linksAt;
  values = valuesAt;
}

// @ts-ignore: decorator
@inline
function goesRight(node: u32): u32 {
  const value = load<f64>(values + (<usize>load<u16>(columns + (<usize>node << 1)) << 3));
  return <u32>(value > load<f64>(numbers + (<usize>node << 3)));
}

// @ts-ignore: decorator
@inline
function follow(node: u32): u32 {
  return load<u32>(links + (<usize>node << 2)) + goesRight(node);
}

/** Adds the leaves' values to the scores, tree t to score t % classes, in the order of the trees. */
export function walk(groups: usize, trees: i32, scores: usize, classes: i32): void {
  let score = 0;
  for (let tree = 0, group = groups; tree < trees; tree += 8, group += 44) {
    const first = load<u32>(group);
    const levels = load<i32>(group, 4);
    const size = load<u32>(group, 8);
    let a: u32 = 1;
    let b: u32 = 1;
    let c: u32 = 1;
    let d: u32 = 1;
    let e: u32 = 1;
    let f: u32 = 1;
    let g: u32 = 1;
    let h: u32 = 1;
    if (size > 0) {
      const firstB = first + size;
      const firstC = firstB + size;
      const firstD = firstC + size;
      const firstE = firstD + size;
      const firstF = firstE + size;
      const firstG = firstF + size;
      const firstH = firstG + size;
      for (let level = 0; level < levels; level++) {
        a = (a << 1) + goesRight(first + a);
        b = (b << 1) + goesRight(firstB + b);
        c = (c << 1) + goesRight(firstC + c);
        d = (d << 1) + goesRight(firstD + d);
        e = (e << 1) + goesRight(firstE + e);
        f = (f << 1) + goesRight(firstF + f);
        g = (g << 1) + goesRight(firstG + g);
        h = (h << 1) + goesRight(firstH + h);
      }
      a += first;
      b += firstB;
      c += firstC;
      d += firstD;
      e += firstE;
      f += firstF;
      g += firstG;
      h += firstH;
    } else {
      a = load<u32>(group, 12);
      b = load<u32>(group, 16);
      c = load<u32>(group, 20);
      d = load<u32>(group, 24);
      e = load<u32>(group, 28);
      f = load<u32>(group, 32);
      g = load<u32>(group, 36);
      h = load<u32>(group, 40);
      for (let level = 0; level < levels; level++) {
        a = follow(a);
        b = follow(b);
        c = follow(c);
        d = follow(d);
        e = follow(e);
        f = follow(f);
        g = follow(g);
        h = follow(h);
      }
    }
    const left = trees - tree;
    score = addTo(scores, score, classes, a);
    if (left > 1) score = addTo(scores, score, classes, b);
    if (left > 2) score = addTo(scores, score, classes, c);
    if (left > 3) score = addTo(scores, score, classes, d);
    if (left > 4) score = addTo(scores, score, classes, e);
    if (left > 5) score = addTo(scores, score, classes, f);
    if (left > 6) score = addTo(scores, score, classes, g);
    if (left > 7) score = addTo(scores, score, classes, h);
  }
}

/** Adds a leaf's value; returns the number of the next score. */
// @ts-ignore: decorator
@inline
function addTo(scores: usize, score: i32, classes: i32, node: u32): i32 {
  const at = scores + (<usize>score << 3);
  store<f64>(at, load<f64>(at) + load<f64>(numbers + (<usize>node << 3)));
  return score + 1 == classes ? 0 : score + 1;
}
