import { KaaykoError } from "../core/index.ts";

export function readError(path: string, rule: string, got: string): KaaykoError {
  return new KaaykoError({ action: `read ${path}`, rule, got, kind: "input" });
}

export function noRows(path: string): KaaykoError {
  return readError(path, "it must have rows", "only a header");
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
