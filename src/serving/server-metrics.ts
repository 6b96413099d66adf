import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What a server counts. */
export interface ServerMetrics {
  readonly registry: Registry;
  /** Requests by route, method and status. */
  readonly requests: Counter<"route" | "method" | "status">;
  /** Seconds from a request's first byte to its answer. */
  readonly seconds: Histogram<"route" | "method">;
  /** Rows predicted, by model. */
  readonly rows: Counter<"model">;
}

export interface MeasuredState {
  /** Models in memory: name, version and hash. */
  models(): readonly { readonly name: string; readonly version: string; readonly sha256: string }[];
  inFlight(): number;
  ready(): boolean;
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Metrics of one server, those of its process (event loop, memory, garbage collection) included. */
export function createServerMetrics(state: MeasuredState): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "kaayko_model_info",
    help: "1 for each model that is served, with its version and hash",
    labelNames: ["model", "version", "sha256"],
    registers,
    collect() {
      this.reset();
      for (const { name, version, sha256 } of state.models()) this.set({ model: name, version, sha256 }, 1);
    },
  });
  new Gauge({
    name: "kaayko_predictions_in_flight",
    help: "Predictions under way",
    registers,
    collect() {
      this.set(state.inFlight());
    },
  });
  new Gauge({
    name: "kaayko_ready",
    help: "1 while requests should be sent here",
    registers,
    collect() {
      this.set(state.ready() ? 1 : 0);
    },
  });
  return {
    registry,
    requests: new Counter({
      name: "kaayko_http_requests_total",
      help: "Requests by route, method and status",
      labelNames: ["route", "method", "status"],
      registers,
    }),
    seconds: new Histogram({
      name: "kaayko_http_request_seconds",
      help: "Seconds from a request's head to its answer",
      labelNames: ["route", "method"],
      buckets: SECONDS,
      registers,
    }),
    rows: new Counter({
      name: "kaayko_predicted_rows_total",
      help: "Rows predicted, by model",
      labelNames: ["model"],
      registers,
    }),
  };
}
