import { type ErrorKind, KaaykoError } from "../core/index.ts";

/** An error as plain data: what crosses from one thread to another would lose its class otherwise. */
export interface ErrorData {
  readonly message: string;
  readonly kind?: ErrorKind;
  readonly remedy?: string;
  readonly code?: string;
}

export function packError(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = (error.cause ?? error) as { code?: unknown };
  const common = { message: error.message, ...(typeof code === "string" ? { code } : {}) };
  if (!(error instanceof KaaykoError)) return common;
  return { ...common, kind: error.kind, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) };
}

export function unpackError(data: ErrorData): Error {
  const cause = data.code === undefined ? undefined : Object.assign(new Error(data.message), { code: data.code });
  const match = /^Cannot (.+?): (.+)$/s.exec(data.message);
  if (data.kind === undefined || match === null) return new Error(data.message, { cause });
  const [, action, rule] = match;
  const parts = { action: action!, rule: rule!, kind: data.kind, cause };
  return new KaaykoError(data.remedy === undefined ? parts : { ...parts, remedy: data.remedy });
}
