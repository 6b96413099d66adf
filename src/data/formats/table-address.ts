import { existsSync } from "node:fs";
import { fileOfTable } from "../../core/index.ts";

/** Where a table is: a file, and for files of several tables its name. */
export interface TableAddress {
  readonly file: string;
  /** Null where the address names none. */
  readonly table: string | null;
}

/** Takes `orders.sqlite#march` apart; a file that is really called so wins. */
export function tableAddress(path: string): TableAddress {
  const file = fileOfTable(path);
  if (file === path || existsSync(path) || !existsSync(file)) return { file: path, table: null };
  return { file, table: path.slice(file.length + 1) };
}
