export { openJsonLines } from "./json-lines-source.ts";
export { createJsonLinesWriter } from "./json-lines-writer.ts";
