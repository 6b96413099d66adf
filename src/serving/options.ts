import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { KaaykoError } from "../core/index.ts";

/** What a server serves, and within which bounds. */
export interface ServerOptions {
  /** Folder of published models. */
  readonly modelsDir: string;
  /** Names of the models that are served; one that cannot be loaded keeps the server from starting. Default: all in the folder. */
  readonly models?: readonly string[];
  /** Models kept in memory; of more, the one that was not used for longest is loaded again when it is asked for. Default 16. */
  readonly maxModels?: number;
  /** Threads for predictions that would hold up other requests. Default: all cores but one, at least 1 and at most 4. */
  readonly threads?: number;
  /** Largest request body in bytes. Default 32 MiB. */
  readonly maxBodyBytes?: number;
  /** Most rows of one request. Default 1,000,000. */
  readonly maxRows?: number;
  /** Predictions under way at once; more are answered with 429. Default 256. */
  readonly maxInFlight?: number;
  /** Where batches and their results are kept. Default `.batches` beside the folder of models. */
  readonly batchesDir?: string;
  /** Milliseconds between "not ready" and the end of listening, for clients that are connected. Default 500. */
  readonly drainDelayMs?: number;
  /** How much is logged: pino's levels, or "silent". Default "info". */
  readonly logLevel?: LogLevel;
  /** Where log lines (JSON) go. Default stderr. */
  readonly logStream?: { write(line: string): void };
}

/** Where a server may listen: this machine only. */
export const LOOPBACK_HOSTS = ["127.0.0.1", "::1", "localhost"] as const;

export const LOG_LEVELS = ["silent", "error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Options with every default filled in. */
export type ServerSettings = Required<Omit<ServerOptions, "models">> & { readonly models: readonly string[] | null };

/** @throws KaaykoError (usage) for a bound out of its range */
export function settingsOf(options: ServerOptions): ServerSettings {
  const { modelsDir } = options;
  return {
    modelsDir,
    models: options.models ?? null,
    maxModels: within("maxModels", options.maxModels ?? 16, 1, 10_000),
    threads: within("threads", options.threads ?? Math.min(4, Math.max(1, availableParallelism() - 1)), 1, 256),
    maxBodyBytes: within("maxBodyBytes", options.maxBodyBytes ?? 32 * 2 ** 20, 1024, 2 ** 30),
    maxRows: within("maxRows", options.maxRows ?? 1_000_000, 1, 1_000_000),
    maxInFlight: within("maxInFlight", options.maxInFlight ?? 256, 1, 65_536),
    batchesDir: options.batchesDir ?? join(dirname(modelsDir), ".batches"),
    drainDelayMs: within("drainDelayMs", options.drainDelayMs ?? 500, 0, 600_000),
    logLevel: options.logLevel ?? "info",
    logStream: options.logStream ?? process.stderr,
  };
}

function within(name: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new KaaykoError({
    action: "start the server",
    rule: `${name} must be a whole number from ${low} to ${high}`,
    got: String(value),
    kind: "usage",
  });
}
