import { randomBytes } from "node:crypto";

/**
 * A name for a new run that sorts by time and that no other run has: "20261121-083015042-1f3a9c". The time is UTC, to the
 * millisecond, so that the newest of two short runs of one second is the later one; the random part alone makes it unique.
 */
export function newRunId(now: Date = new Date()): string {
  const [date, time] = now.toISOString().split("T") as [string, string];
  const digits = time.replace(/\D/g, "");
  return `${date.replaceAll("-", "")}-${digits}-${randomBytes(3).toString("hex")}`;
}
