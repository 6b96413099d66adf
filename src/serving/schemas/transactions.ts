const TEXT = { type: "string" };
const NUMBER = { type: "number" };
const SHARE = { type: "number", minimum: 0, maximum: 1 };

/** What each kind of prediction of a transaction holds. */
export const TRANSACTION_ANSWERS = {
  category: {
    predicted_category: TEXT,
    confidence_score: SHARE,
    top_predictions: {
      type: "array",
      maxItems: 3,
      description: "The best first",
      items: {
        type: "object",
        required: ["category", "confidence_score"],
        properties: { category: TEXT, confidence_score: SHARE },
      },
    },
  },
  amount: {
    predicted_amount: NUMBER,
    confidence_interval: { type: "object", required: ["lower", "upper"], properties: { lower: NUMBER, upper: NUMBER } },
  },
  anomaly: { is_anomaly: { type: "boolean" }, anomaly_score: SHARE, anomaly_reasons: { type: "array", items: TEXT } },
} as const;

/** What every answer about one transaction says beside its prediction. */
export const PROVENANCE = { model_version: TEXT, processing_time_ms: NUMBER } as const;

export const FORECAST_BODY = {
  type: "object",
  required: ["days_ahead"],
  additionalProperties: false,
  properties: {
    days_ahead: { type: "integer", minimum: 1, maximum: 365 },
    confidence_level: { type: "number", minimum: 0.5, maximum: 0.99, default: 0.95 },
    include_seasonal: { type: "boolean", default: true },
  },
} as const;

export const FORECAST_ANSWER = {
  forecast_dates: { type: "array", items: TEXT },
  predicted_amounts: { type: "array", items: NUMBER },
  confidence_bands: {
    type: "object",
    required: ["lower", "upper"],
    properties: { lower: { type: "array", items: NUMBER }, upper: { type: "array", items: NUMBER } },
  },
  seasonal_components: { type: ["object", "null"] },
  model_version: TEXT,
} as const;
