import type { Backend } from "../../backends/index.ts";
import { deriveSeed, type JsonObject, type State, type TrainerContext } from "../../core/index.ts";
import { holdYoungSpace } from "../../parallel/index.ts";
import { checkDevice, chooseDevice, deviceOf } from "./device.ts";
import { initialValues } from "./layers/index.ts";
import { sizeOf } from "./network.ts";
import { type Progress, parseProgress } from "./progress.ts";
import { BEST, takeArrays, takeBest } from "./state-arrays.ts";
import { AVERAGE, arrayNames, type Definition, type Optimiser, openStep, type TrainingStep } from "./steps/index.ts";

/** A network to be placed, and what its weights are drawn by. */
export interface Placement {
  /** The algorithm's. */
  readonly name: string;
  readonly definition: Definition;
  readonly optimiser: Optimiser;
  /** The weights before the first step, by a seed. Default those of the parameters' own initialisers. */
  readonly initialWeights?: ((seed: number) => Record<string, Float32Array>) | undefined;
  readonly allowDifferentDevice: boolean;
  /** Batches that are trained in one call. */
  readonly stepsPerCall: number;
}

/** What a state held of a training, checked, before the network is placed. */
export interface Resumption {
  readonly progress: Progress;
  /** The weights of the best epoch; null before there is one. */
  readonly best: Record<string, Float32Array> | null;
  readonly arrays: Record<string, Float32Array>;
  readonly device: JsonObject | null;
}

/**
 * A network with its optimiser's slots on the backend that trains it. Both are opened when they are first needed; from then on memory
 * stays as large as it is, over any number of steps.
 */
export class PlacedNetwork {
  readonly #placement: Placement;
  readonly #context: TrainerContext;
  /** Null until the first step: a resume may ask for another one. */
  #backend: Backend | null = null;
  #step: TrainingStep | null = null;
  #releaseMemory: (() => void) | null = null;

  constructor(placement: Placement, context: TrainerContext) {
    this.#placement = placement;
    this.#context = context;
  }

  /** The network on its backend, with its first weights unless a state was set. */
  async open(): Promise<TrainingStep> {
    if (this.#step !== null) return this.#step;
    const { definition, optimiser, name, stepsPerCall } = this.#placement;
    this.#backend = await chooseDevice(this.#context);
    const step = await openStep(this.#backend, definition, optimiser, stepsPerCall);
    const seed = deriveSeed(this.#context.seed, name);
    const start = this.#placement.initialWeights?.(seed) ?? initialValues(definition.parameters, seed);
    const arrays = definition.parameters.flatMap((parameter) =>
      arrayNames([parameter], optimiser).map((array) => [
        array,
        start[array.replace(`/${AVERAGE}`, "")] ?? new Float32Array(sizeOf(parameter.shape)),
      ]),
    );
    step.write(Object.fromEntries(arrays) as Record<string, Float32Array>);
    this.#keep(step);
    return step;
  }

  #keep(step: TrainingStep): void {
    this.#step = step;
    this.#releaseMemory ??= holdYoungSpace();
  }

  async getState(progress: Progress, best: Record<string, Float32Array> | null): Promise<State> {
    const step = await this.open();
    const { definition, optimiser } = this.#placement;
    const kept = Object.entries(best ?? {}).map(([name, array]) => [BEST + name, array] as const);
    return {
      json: { device: this.#deviceOf(this.#backend!), progress: structuredClone(progress) as unknown as JsonObject },
      arrays: { ...step.read(arrayNames(definition.parameters, optimiser)), ...Object.fromEntries(kept) },
    };
  }

  /**
   * What a state says; changes nothing.
   *
   * @throws KaaykoError (damaged) where it does not fit the network
   */
  read(state: State): Resumption {
    const { parameters } = this.#placement.definition;
    const progress = parseProgress(state.json.progress);
    const device = (state.json.device ?? null) as JsonObject | null;
    const arrays = takeArrays(state, arrayNames(parameters, this.#placement.optimiser), parameters);
    const best = progress.best === null ? null : takeBest(state, parameters);
    return { progress, best, arrays, device };
  }

  /** Places the network as a state left it, on the device that it was trained on, or on another where that is allowed. */
  async resume({ arrays, device }: Resumption): Promise<void> {
    const { definition, optimiser, allowDifferentDevice, stepsPerCall } = this.#placement;
    const backend = await chooseDevice(this.#context, allowDifferentDevice ? null : device);
    if (device !== null) checkDevice(device, this.#deviceOf(backend), allowDifferentDevice);
    const step = await openStep(backend, definition, optimiser, stepsPerCall);
    step.write(arrays);
    this.#backend = backend;
    this.#keep(step);
  }

  /** What a resume is compared by. */
  #deviceOf(backend: Backend): JsonObject {
    return { ...deviceOf(backend), stepsPerCall: this.#placement.stepsPerCall };
  }

  dispose(): void {
    this.#step?.dispose();
    this.#releaseMemory?.();
  }
}
