export { type ArrowStream, createArrowStream } from "./arrow-stream.ts";
export { openArrow, openArrowBytes } from "./open-arrow.ts";
