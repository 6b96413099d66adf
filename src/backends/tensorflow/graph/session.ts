import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tensorflow } from "../load.ts";
import type { Graph, Ref } from "./graph.ts";

/** A value to feed. Its memory is read during the run only; 64-byte aligned memory is not copied. */
export interface Feed {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** A graph, loaded and ready to run. Variables live as long as it does. Each run blocks until it is done. */
export class GraphSession {
  readonly #tensorflow: Tensorflow;
  #model: number | null;

  constructor(tensorflow: Tensorflow, graph: Graph) {
    this.#tensorflow = tensorflow;
    const folder = mkdtempSync(join(tmpdir(), "kaayko-graph-"));
    try {
      writeFileSync(join(folder, "saved_model.pb"), graph.savedModel(tensorflow.version));
      this.#model = tensorflow.binding.loadSavedModel(folder, "serve");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Feeds placeholders and gives the values of `outputs`, in memory of their own. No tensor stays behind. */
  run(feeds: Readonly<Record<Ref, Feed>>, outputs: readonly Ref[]): (Float32Array | Int32Array)[] {
    const { binding } = this.#tensorflow;
    if (this.#model === null) throw new Error("the session was disposed");
    const names = Object.keys(feeds);
    const inputs: number[] = [];
    const results: number[] = [];
    try {
      for (const name of names) inputs.push(this.#feed(feeds[name]!));
      const made = binding.runSavedModel(this.#model, inputs, names.map(first).join(","), outputs.map(first).join(","));
      results.push(...made.map((tensor) => tensor.id));
      return results.map((id) => binding.tensorDataSync(id) as Float32Array | Int32Array);
    } finally {
      for (const id of inputs) binding.deleteTensor(id);
      for (const id of results) binding.deleteTensor(id);
    }
  }

  /** Gives the graph and its variables back. Safe to call twice. */
  dispose(): void {
    if (this.#model !== null) this.#tensorflow.binding.deleteSavedModel(this.#model);
    this.#model = null;
  }

  #feed({ shape, values }: Feed): number {
    const { binding } = this.#tensorflow;
    return binding.createTensor(shape, values instanceof Int32Array ? binding.TF_INT32 : binding.TF_FLOAT, values);
  }
}

/** The binding wants the number of the output, too. */
function first(ref: Ref): string {
  return /:\d+$/.test(ref) ? ref : `${ref}:0`;
}
