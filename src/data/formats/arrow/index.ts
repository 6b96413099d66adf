export { openArrow } from "./open-arrow.ts";
