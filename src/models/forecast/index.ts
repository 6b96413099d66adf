export { forecastSchema } from "./forecast-columns.ts";
export { type ForecastFileOptions, forecastFile, forecastJson } from "./forecast-file.ts";
export { factsOf, featuresOf, type PointFacts, readPoints, type SeriesPoints } from "./series-points.ts";
