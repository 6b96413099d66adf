/**
 * Trees for one row at a time, as a module of its own: its memory is its own too, and whoever uses it lays out in it what is named here.
 * Eight trees are walked together, each waiting for memory while the others go on.
 *
 * Node, 16 bytes: 0 number f64 · 8 the node to the left u32, which the one to the right follows · 12 the value that it asks for u32. A row
 * goes right where that value is above the number. A leaf leads to itself: it asks for a value that is above nothing, and its number is
 * what it adds.
 *
 * Group of eight trees, 68 bytes: 0 steps that reach the deepest leaf · 4 their roots u32 · 36 where the numbers of the leaves go u32.
 */

const GROUP_BYTES: usize = 68;

// @ts-ignore: decorator
@inline
function follow(node: usize): usize {
  const right = <usize>(load<f64>(<usize>load<u32>(node, 12)) > load<f64>(node));
  return <usize>load<u32>(node, 8) + (right << 4);
}

/** Adds the leaves' numbers to the scores, tree t to score t % classes, in the order of the trees. @param reached where groups put them */
export function score(groups: usize, count: i32, reached: usize, trees: i32, scores: usize, classes: i32): void {
  for (let i = 0; i < count; i++) walkGroup(groups + <usize>i * GROUP_BYTES);
  if (classes == 1) {
    let sum = load<f64>(scores);
    for (let tree = 0; tree < trees; tree++) sum += load<f64>(reached + (<usize>tree << 3));
    store<f64>(scores, sum);
    return;
  }
  let at = 0;
  for (let tree = 0; tree < trees; tree++) {
    const to = scores + (<usize>at << 3);
    store<f64>(to, load<f64>(to) + load<f64>(reached + (<usize>tree << 3)));
    at = at + 1 == classes ? 0 : at + 1;
  }
}

// @ts-ignore: decorator
@inline
function walkGroup(group: usize): void {
  const steps = load<i32>(group);
  let a = <usize>load<u32>(group, 4);
  let b = <usize>load<u32>(group, 8);
  let c = <usize>load<u32>(group, 12);
  let d = <usize>load<u32>(group, 16);
  let e = <usize>load<u32>(group, 20);
  let f = <usize>load<u32>(group, 24);
  let g = <usize>load<u32>(group, 28);
  let h = <usize>load<u32>(group, 32);
  for (let step = 0; step < steps; step++) {
    a = follow(a);
    b = follow(b);
    c = follow(c);
    d = follow(d);
    e = follow(e);
    f = follow(f);
    g = follow(g);
    h = follow(h);
  }
  store<f64>(<usize>load<u32>(group, 36), load<f64>(a));
  store<f64>(<usize>load<u32>(group, 40), load<f64>(b));
  store<f64>(<usize>load<u32>(group, 44), load<f64>(c));
  store<f64>(<usize>load<u32>(group, 48), load<f64>(d));
  store<f64>(<usize>load<u32>(group, 52), load<f64>(e));
  store<f64>(<usize>load<u32>(group, 56), load<f64>(f));
  store<f64>(<usize>load<u32>(group, 60), load<f64>(g));
  store<f64>(<usize>load<u32>(group, 64), load<f64>(h));
}
