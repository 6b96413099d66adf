export { type ArrangePlan, arrangeRows, type SeriesRows } from "./arrange-rows.ts";
export { lookAtZeros, type ZeroLook } from "./failed-zeros.ts";
export { type FoundNeighbours, findNeighbours } from "./neighbours/find-neighbours.ts";
export { withNeighbours } from "./neighbours/with-neighbours.ts";
export { type FoundLimits, type ReadingLimits, readingLimits } from "./reading-limits.ts";
export { MOST_SEASONAL_STEPS, reachOf, seriesFeatures } from "./series-features.ts";
export {
  channelNames,
  isSeriesPlan,
  type SeriesPlan,
  type SeriesTexts,
  seriesColumns,
  windowSpec,
} from "./series-plan.ts";
export { specsOf } from "./series-specs.ts";
