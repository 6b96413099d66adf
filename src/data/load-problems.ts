import { KaaykoError } from "../core/index.ts";

export function readError(path: string, rule: string, got: string, remedy?: string): KaaykoError {
  return new KaaykoError({
    action: `read ${path}`,
    rule,
    got,
    ...(remedy === undefined ? {} : { remedy }),
    kind: "input",
  });
}

export function noRows(path: string): KaaykoError {
  return readError(path, "it must have rows", "only a header", "Check what wrote it, and write it again.");
}

export function misfit(got: string): KaaykoError {
  return new KaaykoError({
    action: "continue loading",
    rule: "the file must be the one that the run began with",
    got,
    remedy: "Start a new run for the changed file.",
    kind: "input",
  });
}
