// What this machine reaches at best: products of two matrices of 2048 × 2048 in TensorFlow. node peak.mjs THREADS
import { alignedFloats, Graph, GraphSession, loadTensorflow } from "../../dist/backends/index.js";

const SIZE = 2048;
const TIMES = 5;
const tensorflow = loadTensorflow(Number(process.argv[2]));
const graph = new Graph(tensorflow.messages());
const matrix = graph.variable("matrix", [SIZE, SIZE]);
graph.named("written", graph.constant(1), [graph.assign(matrix, graph.placeholder("given", [SIZE, SIZE]))]);
const float = { T: { type: "float32" } };
const value = graph.read(matrix);
const product = graph.op("MatMul", [value, value], { ...float, transpose_a: { b: false }, transpose_b: { b: false } });
const axes = graph.constant([0, 1], "int32");
graph.named("sum", graph.op("Max", [product, axes], { ...float, Tidx: { type: "int32" }, keep_dims: { b: false } }));
const session = new GraphSession(tensorflow, graph);
session.run({ given: { shape: [SIZE, SIZE], values: alignedFloats(SIZE * SIZE).fill(0.01) } }, ["written"]);
const seconds = Array.from({ length: TIMES + 1 }, () => {
  const [begun, cpu] = [performance.now(), process.cpuUsage()];
  session.run({}, ["sum"]);
  const { user, system } = process.cpuUsage(cpu);
  return { wall: (performance.now() - begun) / 1000, processor: (user + system) / 1e6 };
});
const best = (what) => (2 * SIZE ** 3) / Math.min(...seconds.map((one) => one[what])) / 1e9;
// By processor time, threads count together: what one of them reaches.
console.log(JSON.stringify({ gigaflops: best("wall"), ofProcessor: best("processor") }));
