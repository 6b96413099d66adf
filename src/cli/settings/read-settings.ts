import type { ParameterSpec } from "../../core/index.ts";
import type { Context, Options } from "../context.ts";
import { flagLayer, misspeltVariables, readLayers } from "./layers.ts";
import { type ResolvedSettings, resolveSettings } from "./resolve.ts";

/** Every setting of `train`, from flags, environment and files; warns of variables that nearly name one. */
export function readSettings(context: Context, options: Options, specs: readonly ParameterSpec[]): ResolvedSettings {
  const flags = Object.fromEntries(
    specs.filter(({ name }) => options[name] !== undefined).map(({ name }) => [name, options[name]]),
  );
  const config = typeof options.config === "string" ? options.config : undefined;
  for (const { name, meant } of misspeltVariables(context.host, specs))
    context.output.warn(`${name} is no setting; did you mean ${meant}?`);
  const layers = [
    flagLayer(flags, (options.set as string[] | undefined) ?? []),
    ...readLayers(context.host, specs, config),
  ];
  return resolveSettings(specs, layers);
}
