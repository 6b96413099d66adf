/** The parameter of routes of one model. */
export const MODEL_PARAMS = {
  type: "object",
  required: ["name"],
  properties: { name: { type: "string", minLength: 1, maxLength: 200, description: "Name of the model" } },
} as const;
