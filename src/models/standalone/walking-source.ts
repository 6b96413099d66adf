/** Walks trees in JavaScript. As in the other texts, types stand in angle brackets. */
export const WALKING_IN_JAVASCRIPT = `
const columns = new Uint16Array(bytesOf(ARRAYS.columns));
const numbers = new Float64Array(bytesOf(ARRAYS.numbers));
const links = new Int32Array(bytesOf(ARRAYS.links));
/** Eleven numbers each: first node, levels, nodes from one tree to the next (0: linked), roots. */
const groups = new Int32Array(bytesOf(ARRAYS.groups));
const values = new Float64Array(MODEL.values).fill(Number.NEGATIVE_INFINITY);
const scores = new Float64Array(MODEL.scores);

/** Adds up the leaves that the values reach, eight trees at once: each waits for memory while the others go on. */
function walk()⟨: void⟩ {
  let k = 0;
  for (let at = 0, tree = 0; tree < MODEL.trees; at += 11, tree += 8) {
    const first = groups[at]⟨!⟩;
    const levels = groups[at + 1]⟨!⟩;
    const size = groups[at + 2]⟨!⟩;
    let a = 1, b = 1, c = 1, d = 1, e = 1, f = 1, g = 1, h = 1;
    if (size > 0) {
      const firstB = first + size, firstC = firstB + size, firstD = firstC + size, firstE = firstD + size;
      const firstF = firstE + size, firstG = firstF + size, firstH = firstG + size;
      for (let level = 0; level < levels; level++) {
        a = 2 * a + Number(values[columns[first + a]⟨!⟩]⟨!⟩ > numbers[first + a]⟨!⟩);
        b = 2 * b + Number(values[columns[firstB + b]⟨!⟩]⟨!⟩ > numbers[firstB + b]⟨!⟩);
        c = 2 * c + Number(values[columns[firstC + c]⟨!⟩]⟨!⟩ > numbers[firstC + c]⟨!⟩);
        d = 2 * d + Number(values[columns[firstD + d]⟨!⟩]⟨!⟩ > numbers[firstD + d]⟨!⟩);
        e = 2 * e + Number(values[columns[firstE + e]⟨!⟩]⟨!⟩ > numbers[firstE + e]⟨!⟩);
        f = 2 * f + Number(values[columns[firstF + f]⟨!⟩]⟨!⟩ > numbers[firstF + f]⟨!⟩);
        g = 2 * g + Number(values[columns[firstG + g]⟨!⟩]⟨!⟩ > numbers[firstG + g]⟨!⟩);
        h = 2 * h + Number(values[columns[firstH + h]⟨!⟩]⟨!⟩ > numbers[firstH + h]⟨!⟩);
      }
      a += first; b += firstB; c += firstC; d += firstD; e += firstE; f += firstF; g += firstG; h += firstH;
    } else {
      a = groups[at + 3]⟨!⟩; b = groups[at + 4]⟨!⟩; c = groups[at + 5]⟨!⟩; d = groups[at + 6]⟨!⟩;
      e = groups[at + 7]⟨!⟩; f = groups[at + 8]⟨!⟩; g = groups[at + 9]⟨!⟩; h = groups[at + 10]⟨!⟩;
      for (let level = 0; level < levels; level++) {
        a = links[a]⟨!⟩ + Number(values[columns[a]⟨!⟩]⟨!⟩ > numbers[a]⟨!⟩);
        b = links[b]⟨!⟩ + Number(values[columns[b]⟨!⟩]⟨!⟩ > numbers[b]⟨!⟩);
        c = links[c]⟨!⟩ + Number(values[columns[c]⟨!⟩]⟨!⟩ > numbers[c]⟨!⟩);
        d = links[d]⟨!⟩ + Number(values[columns[d]⟨!⟩]⟨!⟩ > numbers[d]⟨!⟩);
        e = links[e]⟨!⟩ + Number(values[columns[e]⟨!⟩]⟨!⟩ > numbers[e]⟨!⟩);
        f = links[f]⟨!⟩ + Number(values[columns[f]⟨!⟩]⟨!⟩ > numbers[f]⟨!⟩);
        g = links[g]⟨!⟩ + Number(values[columns[g]⟨!⟩]⟨!⟩ > numbers[g]⟨!⟩);
        h = links[h]⟨!⟩ + Number(values[columns[h]⟨!⟩]⟨!⟩ > numbers[h]⟨!⟩);
      }
    }
    const left = MODEL.trees - tree;
    k = add(k, a);
    if (left > 1) k = add(k, b);
    if (left > 2) k = add(k, c);
    if (left > 3) k = add(k, d);
    if (left > 4) k = add(k, e);
    if (left > 5) k = add(k, f);
    if (left > 6) k = add(k, g);
    if (left > 7) k = add(k, h);
  }
}

/** Adds a leaf's value; gives the number of the next score. */
function add(k⟨: number⟩, node⟨: number⟩)⟨: number⟩ {
  scores[k]⟨!⟩ += numbers[node]⟨!⟩;
  return k + 1 === scores.length ? 0 : k + 1;
}
`;

/** Walks trees in WebAssembly, whose module and arrays lie in the file. */
export const WALKING_IN_WEBASSEMBLY = `
const kernel = new WebAssembly.Instance(new WebAssembly.Module(bytesOf(WALKER))).exports;
const { memory } = MODEL;
const trees = new Uint8Array(bytesOf(ARRAYS.memory));
kernel.memory.grow(Math.ceil((memory.first + trees.length - kernel.memory.buffer.byteLength) / 65536));
new Uint8Array(kernel.memory.buffer).set(trees, memory.first);
const values = new Float64Array(kernel.memory.buffer, memory.values, MODEL.values);
const scores = new Float64Array(kernel.memory.buffer, memory.scores, MODEL.scores);

/** Adds up the leaves that the values reach. */
function walk() {
  kernel.score(memory.groups, memory.groupCount, memory.reached, memory.trees, memory.scores, MODEL.scores);
}
`;
