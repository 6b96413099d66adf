export { openConll, openSlotFolder } from "./conll-source.ts";
export { createConllWriter } from "./conll-writer.ts";
