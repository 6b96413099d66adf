export { openConll } from "./conll-source.ts";
export { createConllWriter } from "./conll-writer.ts";
