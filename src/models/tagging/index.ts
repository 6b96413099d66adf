export { type TagFileOptions, tagFile, tagRows } from "./tag-file.ts";
export { openTagLog, type TagLog } from "./tag-log.ts";
export { type TaggedText, type TextEntity, tagTexts } from "./tag-texts.ts";
