/** Texts for a terminal: what every command prints with, without the tables of a training. */
export { renderProgressBar } from "../bars.ts";
export {
  formatAge,
  formatBytes,
  formatCount,
  formatNumber,
  formatPlural,
  formatSeconds,
  formatShare,
  pluralOf,
} from "../format.ts";
export { PLAIN_STYLE, paint, printable, type Style, sign } from "../style.ts";
export { renderTable, type TableColumn } from "../table.ts";
