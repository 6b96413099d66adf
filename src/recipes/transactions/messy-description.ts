import type { RandomStream } from "../../core/index.ts";
import type { Merchant } from "./categories.ts";

const TOWNS = ["ARDEN", "PORT ELLIS", "NEW HALDEN", "VALE", "STONEBRIDGE"];
const PREFIXES = ["", "", "", "POS ", "SQ *", "CARD PURCHASE ", "TST* "];

/** A merchant as banks write it: names cut and in capitals, numbers of branches and references, towns, dates. */
export function messyDescription(random: RandomStream, { name, alias }: Merchant): string {
  const written = random.float() < 0.5 ? name : alias;
  const cased = random.float() < 0.4 ? written.toUpperCase() : written;
  const parts = [`${pick(random, PREFIXES)}${cased}`];
  if (random.float() < 0.35) parts.push(`#${100 + random.integer(900)}`);
  if (random.float() < 0.3) parts.push(pick(random, TOWNS));
  if (random.float() < 0.2) parts.push(`REF${100_000 + random.integer(900_000)}`);
  if (random.float() < 0.1) parts.push(`${1 + random.integer(28)}/${1 + random.integer(12)}`);
  return parts.join(" ");
}

export function pick<T>(random: RandomStream, items: readonly T[]): T {
  return items[random.integer(items.length)]!;
}
