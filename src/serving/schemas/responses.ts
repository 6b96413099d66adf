import { PROBLEM_TYPE } from "../problem.ts";

const PROBLEM_SCHEMA = {
  type: "object",
  description: "A problem document (RFC 9457)",
  required: ["type", "title", "status", "detail", "instance"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
  },
} as const;

const TITLES = {
  400: "Malformed",
  404: "No such model or job",
  406: "No content type that the client takes",
  409: "Not in this state",
  413: "Too large",
  415: "Unknown content type",
  422: "Does not fit the schema; `errors` names the path of each field",
  429: "Too much is under way; try again after `Retry-After` seconds",
  503: "Not ready",
} as const;

export type ProblemStatus = keyof typeof TITLES;

/** How each of these problems is documented. */
export function problems(...statuses: readonly ProblemStatus[]): Record<number, object> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: TITLES[status], content: { [PROBLEM_TYPE]: { schema: PROBLEM_SCHEMA } } },
    ]),
  );
}

/** How an answer of JSON is documented. */
export function json(
  description: string,
  properties: Record<string, object>,
): { description: string; content: object } {
  return {
    description,
    content: { "application/json": { schema: { type: "object", required: Object.keys(properties), properties } } },
  };
}
