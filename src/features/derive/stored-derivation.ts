import type { JsonValue } from "../../core/index.ts";

/** Whether stored data is a derivation. */
export function isDerivation(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { by, version, inputs, outputs, state } = value;
  const areTexts = (list: JsonValue | undefined) =>
    Array.isArray(list) && list.every((item) => typeof item === "string");
  const areColumns =
    Array.isArray(inputs) &&
    inputs.every(
      (input) =>
        typeof input === "object" &&
        input !== null &&
        !Array.isArray(input) &&
        areTexts([input.name ?? null, input.kind ?? null]),
    );
  const isState = typeof state === "object" && state !== null && !Array.isArray(state);
  return typeof by === "string" && typeof version === "number" && areColumns && areTexts(outputs) && isState;
}
