import { BatchFeeder, type BatchRequest } from "./batch-feeder.ts";
import type { FeedPlan } from "./feed-plan.ts";

let feeder: BatchFeeder;

/** Once, before anything else. */
export function open(plan: FeedPlan): void {
  feeder = new BatchFeeder(plan);
}

export function fill(request: BatchRequest): number[] {
  return feeder.fill(request);
}
