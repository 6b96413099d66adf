import { resolve } from "node:path";
import { FOLDER_SETTINGS } from "../../training/settings/folders.ts";
import type { Host } from "../terminal/host.ts";
import { flagLayer, type Layer, readLayers } from "./layers.ts";
import { resolveSettings } from "./resolve.ts";

export interface Folders {
  /** As it was given, for commands that are shown to a person. */
  readonly checkpointsDir: string;
  readonly modelsDir: string;
}

/** Finds the run-time folders from flags, environment and files without knowing the other settings that files may hold. */
export function resolveFolders(host: Host, options: Readonly<Record<string, unknown>>): Folders {
  const names = new Set(FOLDER_SETTINGS.map((spec) => spec.name));
  const only = (layer: Layer): Layer => ({
    ...layer,
    set: {},
    values: Object.fromEntries(Object.entries(layer.values).filter(([name]) => names.has(name))),
  });
  const config = typeof options.config === "string" ? options.config : undefined;
  const layers = [flagLayer(options, []), ...readLayers(host, FOLDER_SETTINGS, config)].map(only);
  const { values } = resolveSettings(FOLDER_SETTINGS, layers);
  return { checkpointsDir: String(values.checkpointsDir), modelsDir: String(values.modelsDir) };
}

/** A path as the user meant it, from where the command was started. */
export function fromHere(host: Host, path: string): string {
  return resolve(host.cwd, path);
}
