import { type JsonObject, KaaykoError, type ModelContent, nestState, unnestState } from "../../core/index.ts";

/** Models of one algorithm, one for each number of a forecast, as one. @param columns numbers of the features that each sees */
export function joinModels(
  algorithm: string,
  models: readonly ModelContent[],
  columns: readonly (readonly number[])[],
): ModelContent {
  const arrays = Object.assign(
    {},
    ...models.map((model, k) => nestState(nameOf(k), { json: {}, arrays: model.arrays }).arrays),
  );
  const { formatVersion } = models[0]!;
  return {
    algorithm,
    formatVersion,
    json: { models: models.map(({ json }) => json), columns: columns as number[][] },
    arrays,
  };
}

/** @throws KaaykoError (damaged) where there is not a model for each number */
export function splitModels(model: ModelContent, outputs: number): ModelContent[] {
  const { models } = model.json;
  if (!Array.isArray(models) || models.length !== outputs)
    throw new KaaykoError({
      action: `load ${model.algorithm}`,
      rule: `it must hold a model for each of the ${outputs} numbers of a forecast`,
      kind: "damaged",
    });
  return models.map((json, k) => {
    const own = unnestState(nameOf(k), { json: { [nameOf(k)]: {} }, arrays: model.arrays });
    return { ...model, json: json as JsonObject, arrays: own?.arrays ?? {} };
  });
}

function nameOf(k: number): string {
  return `model-${k}`;
}
