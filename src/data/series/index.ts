export { arrangeSeries, type SeriesRequest } from "./arrange-series.ts";
export { formatInterval } from "./interval.ts";
export { type JoinedSeries, joinSeries } from "./join-series.ts";
export { lastOrigins, type OriginRequest, originsOf, targetsOf } from "./origins.ts";
export { type SeriesTable, seriesOf, timeOf } from "./series-table.ts";
