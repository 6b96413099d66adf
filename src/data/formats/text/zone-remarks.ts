import type { SourceDescription } from "../../../core/index.ts";
import type { SeenColumn } from "./value-columns.ts";

/** A remark on each column of times of which some have a zone and some have none; no `remarks` where there is no such column. */
export function zoneRemarks(
  columns: readonly Pick<SeenColumn, "name" | "kind" | "mixedZones">[],
): Pick<SourceDescription, "remarks"> {
  const mixed = columns.filter(({ kind, mixedZones }) => kind === "date" && mixedZones);
  if (mixed.length === 0) return {};
  return {
    remarks: mixed.map(
      ({ name }) =>
        `Some times of ${name} have a zone and some have none: these are taken as UTC. Where that is wrong, write all with theirs.`,
    ),
  };
}
