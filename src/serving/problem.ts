import { STATUS_CODES } from "node:http";
import type { JsonObject } from "../core/index.ts";

export const PROBLEM_TYPE = "application/problem+json";

/** Where in a request something is wrong. */
export interface FieldError {
  /** JSON Pointer into the body (`/rows/0/wind`), or the name of a parameter. */
  readonly path: string;
  readonly message: string;
}

export interface ProblemParts {
  readonly status: number;
  /** What is wrong, for a person. Names no file of the server. */
  readonly detail: string;
  /** Default none. */
  readonly errors?: readonly FieldError[];
  /** Seconds after which to try again. Default none. */
  readonly retryAfter?: number;
  /** Methods that are allowed, for 405. */
  readonly allow?: string;
}

/** An answer that is an error: a problem document (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly parts: ProblemParts;

  constructor(parts: ProblemParts) {
    super(parts.detail);
    this.parts = parts;
  }
}

/** The document of a problem. */
export function problemDocument({ status, detail, errors }: ProblemParts, requestId: string): JsonObject {
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail,
    instance: `urn:kaayko:request:${requestId}`,
    ...(errors === undefined ? {} : { errors: errors.map(({ path, message }) => ({ path, message })) }),
  };
}

export function unknownModel(name: string): Problem {
  return new Problem({ status: 404, detail: `There is no model ${JSON.stringify(name)}.` });
}

export function invalid(detail: string, errors: readonly FieldError[]): Problem {
  return new Problem({ status: 422, detail, errors });
}
