export { type ArrangePlan, arrangeRows, type SeriesRows } from "./arrange-rows.ts";
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
