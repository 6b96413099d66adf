const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const INFINITY = /^([+-]?)inf(inity)?$/i;

/** A decimal number or an infinity; undefined for anything else. The naive twin of the kernel's. */
export function readNumber(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  const infinity = INFINITY.exec(text);
  if (infinity === null) return undefined;
  return infinity[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** true, yes, t: 1; false, no, f: 0; in any case. Undefined for anything else. */
export function readBoolean(text: string): 0 | 1 | undefined {
  if (/^(t|true|yes)$/i.test(text)) return 1;
  return /^(f|false|no)$/i.test(text) ? 0 : undefined;
}
