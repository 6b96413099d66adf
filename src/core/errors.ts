/**
 * What went wrong, by who can mend it. Each kind has one exit code (`docs/cli.md`):
 * `failed` 1 · `usage` and `input` 2 · `gate` 3 · `damaged` 4 · `leased` 5.
 */
export type ErrorKind = "failed" | "usage" | "input" | "gate" | "damaged" | "leased";

const EXIT_CODES: Record<ErrorKind, number> = { failed: 1, usage: 2, input: 2, gate: 3, damaged: 4, leased: 5 };

export interface ErrorParts {
  /** What could not be done, after "Cannot": "read data.csv". */
  readonly action: string;
  /** The rule that was broken: "every row must have 5 cells". */
  readonly rule: string;
  /** What was found instead: "7 cells in line 12". */
  readonly got?: string;
  /** What to do next, a whole sentence. */
  readonly remedy?: string;
  /** Default `failed`. */
  readonly kind?: ErrorKind;
  readonly cause?: unknown;
}

/** An error that a user can act on: "Cannot <action>: <rule>, got <value>. <remedy>" */
export class KaaykoError extends Error {
  override readonly name = "KaaykoError";
  readonly kind: ErrorKind;
  readonly remedy: string | undefined;

  constructor(parts: ErrorParts) {
    const got = parts.got === undefined ? "" : `, got ${parts.got}`;
    super(`Cannot ${parts.action}: ${parts.rule}${got}`, { cause: parts.cause });
    this.kind = parts.kind ?? "failed";
    this.remedy = parts.remedy;
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** Tells whether an error carries one of Node's system error codes, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? "");
}

/**
 * The candidate nearest to a mistyped word, for "did you mean …?"; undefined where none is near
 * (optimal string alignment distance over a third of the word's length, at least 2).
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
