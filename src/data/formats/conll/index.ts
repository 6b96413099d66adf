export { openConll, openFileSet } from "./conll-source.ts";
export { createConllWriter } from "./conll-writer.ts";
