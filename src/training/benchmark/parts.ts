import { deriveSeed, type Role } from "../../core/index.ts";
import { contentFor, judgedRole } from "../compare-models.ts";
import type { Part, Results } from "../sequence.ts";
import { createRuledPredictor, errorText, type TrainedModel, type TrainingWork } from "../train-stage.ts";
import { threadsOf } from "../training-work.ts";
import { type DrawnRows, drawnRows } from "./drawn-rows.ts";
import { createMeasure, measuredRows } from "./measure.ts";
import { createPeerWork } from "./peer-work.ts";

const FOUND = "benchmark.peers";
/** Seconds that another program may take, where no time limit is set. */
const PEER_SECONDS = 1800;

export const measurePart = (algorithm: string): string => `${algorithm}.speed`;
export const peerPart = (peer: string): string => `peer.${peer}`;

/** What a benchmark adds to the evaluation: each model's speed, then other programs on the same rows. None where it is no benchmark. */
export function benchmarkParts(work: TrainingWork, models: readonly TrainedModel[]): Part[] {
  if (work.settings.benchmark === undefined) return [];
  const role = judgedRole(work);
  const draw = remembered(() => rowsToDraw(work, role));
  const measures = models.map((model) => measureModel(work, model, role, draw));
  return [...measures, ...peerParts(work, role, draw)];
}

/** Versions of the peers that took part, by name. */
export function peersFound(results: Results): Readonly<Record<string, string>> {
  return (results.get(FOUND)?.json.versions ?? {}) as Record<string, string>;
}

/** Where the predictions stand that are drawn. Not for tasks whose predictions are no line. */
export async function rowsToDraw({ prepared }: TrainingWork, role: Role): Promise<DrawnRows | null> {
  const { kind } = prepared.dataset.task;
  if (kind !== "forecast" && kind !== "regression") return null;
  return drawnRows(prepared, role, await measuredRows(prepared.dataset, role));
}

function measureModel(
  work: TrainingWork,
  model: TrainedModel,
  role: Role,
  draw: () => Promise<DrawnRows | null>,
): Part {
  const { algorithm } = model.contender;
  return {
    name: measurePart(algorithm.name),
    subject: `${algorithm.name}, speed`,
    create: async () => {
      const predictor = await createRuledPredictor(work, model.contender, contentFor(model, role));
      return createMeasure({ dataset: work.prepared.dataset, role, predictor, drawn: await draw() });
    },
    recover: (error) => ({ json: { error: errorText(error) }, arrays: {} }),
  };
}

function peerParts(work: TrainingWork, role: Role, draw: () => Promise<DrawnRows | null>): Part[] {
  const { peers: bench, settings, prepared } = work;
  if (bench === null) return [];
  const asked = settings.peers as string[] | undefined;
  const { task } = prepared.dataset;
  // Texts and windows of several quantiles are nothing that the others are given.
  const fits = task.quantiles === undefined;
  const known = fits ? bench.programs.filter(({ tasks }) => tasks.includes(task.kind)) : [];
  const wanted = known.filter(({ name }) => asked === undefined || asked.includes(name));
  if (wanted.length === 0) return [];
  const python = typeof settings.python === "string" ? settings.python : null;
  const find: Part = {
    name: FOUND,
    subject: "other programs",
    create: async () => {
      const versions = await bench.find(python);
      const json = { versions: Object.fromEntries(Object.entries(versions)) };
      return {
        version: 1,
        step: async () => ({ done: true, step: 1, unit: "pass" }),
        getState: () => ({ json: {}, arrays: {} }),
        setState: () => {},
        result: async () => ({ json, arrays: {} }),
      };
    },
  };
  const fitting = wanted.map(
    ({ name, title }): Part => ({
      name: peerPart(name),
      subject: title,
      skip: (results) => peersFound(results)[name] === undefined,
      create: async () => {
        const request = {
          learn: role === "validation" ? prepared.dataset : await prepared.whole(),
          judge: prepared.dataset,
          role,
          threads: threadsOf(settings),
          seed: deriveSeed(settings.seed as number, "peer", name) % 2 ** 31,
          limit: typeof settings.timeLimit === "number" ? settings.timeLimit : PEER_SECONDS,
          python,
        };
        return createPeerWork({ bench, name, request, drawn: draw });
      },
      recover: (error) => {
        work.notify(`${title} could not be measured: ${errorText(error)}`);
        return { json: { error: errorText(error) }, arrays: {} };
      },
    }),
  );
  return [find, ...fitting];
}

function remembered<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
