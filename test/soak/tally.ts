import { tell } from "../crash/kill-and-resume.ts";

/** Counts faults by kind as they are survived, for the table at the end of a long run. */
export interface Tally {
  /** One fault of a kind was survived, or so many. */
  survived(kind: string, faults?: number): void;
  readonly total: number;
  /** Prints a line a kind and the sum. */
  print(title: string): void;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  const total = (): number => [...counts.values()].reduce((sum, count) => sum + count, 0);
  return {
    survived(kind, faults = 1) {
      counts.set(kind, (counts.get(kind) ?? 0) + faults);
    },
    get total() {
      return total();
    },
    print(title) {
      const rows: [string, number][] = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
      rows.push(["in all", total()]);
      const width = Math.max(...rows.map(([kind]) => kind.length));
      tell([title, ...rows.map(([kind, count]) => `  ${kind.padEnd(width)}  ${String(count).padStart(8)}`)].join("\n"));
    },
  };
}

/** Whole numbers from a setting such as "0-249" or "7"; the default where it is not set. */
export function rangeOf(text: string | undefined, otherwise: readonly [number, number]): [number, number] {
  if (text === undefined) return [...otherwise];
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (match === null) throw new Error(`a range such as 0-249 was expected, got ${text}`);
  const first = Number(match[1]);
  return [first, Number(match[2] ?? match[1])];
}
