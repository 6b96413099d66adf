import { randomBytes } from "node:crypto";

/**
 * A name for a new run that sorts by time and that no other run has: "20261121-083015-1f3a9c". The time is UTC and for
 * people; the random part alone makes it unique.
 */
export function newRunId(now: Date = new Date()): string {
  const [date, time] = now.toISOString().split("T") as [string, string];
  return `${date.replaceAll("-", "")}-${time.slice(0, 8).replaceAll(":", "")}-${randomBytes(3).toString("hex")}`;
}
