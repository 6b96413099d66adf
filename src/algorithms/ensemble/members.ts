import {
  type Algorithm,
  type JsonObject,
  KaaykoError,
  type ModelContent,
  nestState,
  type Predictor,
  type PredictorContext,
  unnestState,
} from "../../core/index.ts";
import { mixingOf } from "./mixing.ts";

/** Finds an algorithm by its name. */
export type LoadAlgorithm = (name: string) => Promise<Algorithm>;

/** Models and their weights as one model; those without weight are left out. */
export function joinMembers(members: readonly ModelContent[], weights: ArrayLike<number>): ModelContent {
  const kept = members.map((member, k) => ({ member, weight: weights[k]! })).filter(({ weight }) => weight > 0);
  const arrays = Object.assign(
    {},
    ...kept.map(({ member }, k) => nestState(nameOf(k), { json: {}, arrays: member.arrays }).arrays),
  );
  const json: JsonObject = {
    // Of all members, so that models fitted again can be put together likewise.
    weights: Array.from(weights),
    members: kept.map(({ member: { algorithm, formatVersion, json: own }, weight }) => ({
      algorithm,
      formatVersion,
      weight,
      json: own,
    })),
  };
  return { algorithm: "ensemble", formatVersion: 1, json, arrays };
}

/** A weight beyond this was never found. */
const MOST_WEIGHT = 1000;

interface Member {
  readonly content: ModelContent;
  readonly weight: number;
}

function splitMembers({ json, arrays, formatVersion }: ModelContent): Member[] {
  const members = json.members;
  if (formatVersion !== 1 || !Array.isArray(members) || members.length === 0) throw damaged();
  return members.map((entry, k) => {
    const { algorithm, formatVersion: version, weight, json: own } = entry as JsonObject;
    const known = typeof algorithm === "string" && algorithm !== "ensemble" && typeof version === "number";
    if (!known || typeof weight !== "number" || !(weight > 0 && weight <= MOST_WEIGHT) || typeof own !== "object")
      throw damaged();
    const inner = unnestState(nameOf(k), { json: { [nameOf(k)]: {} }, arrays });
    return {
      content: { algorithm, formatVersion: version, json: own as JsonObject, arrays: inner?.arrays ?? {} },
      weight,
    };
  });
}

/** Predicts with all members and mixes what they give by their weights. */
export async function createEnsemblePredictor(
  model: ModelContent,
  context: PredictorContext,
  load: LoadAlgorithm,
): Promise<Predictor> {
  const members = splitMembers(model);
  const mixing = mixingOf(context.task);
  const predictors: Predictor[] = [];
  for (const { content } of members)
    predictors.push(await (await load(content.algorithm)).createPredictor(content, context));
  return {
    predict: async (table) => {
      let mixture: Float64Array | null = null;
      for (const [k, predictor] of predictors.entries()) {
        const own = await predictor.predict(table);
        mixture ??= new Float64Array(own.length);
        mixing.add(mixture, own, members[k]!.weight);
      }
      mixing.finish(mixture!);
      return mixture!;
    },
    importance: () => null,
    dispose: async () => {
      for (const predictor of predictors) await predictor.dispose();
    },
  };
}

function nameOf(k: number): string {
  return `member-${k}`;
}

function damaged(): KaaykoError {
  return new KaaykoError({
    action: "load an ensemble",
    rule: "its members and weights must be whole",
    kind: "damaged",
  });
}
