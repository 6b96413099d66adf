export { type TagFileOptions, tagFile, tagRows } from "./tag-file.ts";
export { type TaggedText, type TextEntity, tagTexts } from "./tag-texts.ts";
