import { Option } from "commander";
import { KaaykoError, type ParameterSpec } from "../../core/index.ts";
import { LOG_LEVELS, LOOPBACK_HOSTS } from "../../serving/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import type { ServeRequest } from "../services.ts";
import { parseFlag } from "../settings/resolve.ts";
import { fromHere, resolveFolders } from "../settings/resolve-folders.ts";
import { withSignals } from "../terminal/signals.ts";

const DEFAULT_PORT = 8080;

const BOUNDS = {
  port: { name: "port", type: "integer", min: 0, max: 65_535, description: "Port" },
  threads: { name: "threads", type: "integer", min: 1, max: 256, description: "Threads" },
  maxModels: { name: "maxModels", type: "integer", min: 1, max: 10_000, description: "Models in memory" },
  maxBody: { name: "maxBody", type: "bytes", min: 1024, max: 2 ** 30, description: "Largest body" },
  drainDelay: { name: "drainDelay", type: "integer", min: 0, max: 600_000, description: "Milliseconds" },
  maxInFlight: { name: "maxInFlight", type: "integer", min: 1, max: 65_536, description: "Predictions at once" },
} as const satisfies Record<string, ParameterSpec>;

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko serve", "every model in models, on http://127.0.0.1:8080; its routes are at /docs"],
    ["kaayko serve --model houses --port 9000", "one model"],
    [
      `curl -H 'content-type: application/json' -d '{"rows":[{"rooms":3,"city":"Oslo"}]}' http://127.0.0.1:8080/v1/models/houses/predict`,
      "",
    ],
    ["curl -X POST http://127.0.0.1:8080/models/houses/reload", "swap in its newest version"],
  ]);
  const add = (flags: string, text: string): void => void command.addOption(new Option(flags, text));
  add("--model <NAME...>", "Names of the models to serve (default: all)");
  add("--models-dir <DIR>", "Where models are (default: models)");
  add("--port <N>", `Port; 0 takes a free one (default: ${DEFAULT_PORT})`);
  add("--host <HOST>", "This machine's own address: 127.0.0.1, ::1 or localhost (default: 127.0.0.1)");
  add("--threads <N>", "Threads for large predictions (default: all cores but one, at most 4)");
  add("--max-models <N>", "Models in memory (default: 16)");
  add("--max-body <SIZE>", "Largest body of a request (default: 32MB)");
  add("--max-in-flight <N>", "Predictions at once; more get 429 (default: 256)");
  add("--drain-delay <MS>", "Milliseconds between not being ready and the end of listening (default: 500)");
  add("--batches-dir <DIR>", "Where batches are kept (default: .batches beside the models)");
  command.addOption(
    new Option("--log-level <LEVEL>", "How much is logged to stderr (default: info)").choices(LOG_LEVELS),
  );
  onRun(command, context, (_args, options) => serve(context, options));
};

/** Serves models until a signal. */
async function serve(context: Context, options: Options): Promise<number> {
  const { output } = context;
  const request = requestOf(context, options);
  const service = await context.services.serving();
  return withSignals(output, "Finishing the requests under way", async (signals) => {
    const onReady = (url: string): void => output.note(`Serving ${request.modelsDir} on ${url}; Ctrl-C stops`);
    await service.serve(request, onReady, signals.stop);
    return signals.exitCode() ?? 0;
  });
}

function requestOf({ host, output }: Context, options: Options): ServeRequest {
  const number = (name: keyof typeof BOUNDS): number | undefined =>
    options[name] === undefined ? undefined : Number(parseFlag(BOUNDS[name], options[name]));
  const numbers = {
    threads: number("threads"),
    maxModels: number("maxModels"),
    maxBodyBytes: number("maxBody"),
    maxInFlight: number("maxInFlight"),
    drainDelayMs: number("drainDelay"),
  };
  const level = options.logLevel ?? (output.switches.quiet ? "warn" : "info");
  const given = Object.entries(numbers).filter(([, value]) => value !== undefined);
  return {
    modelsDir: fromHere(host, resolveFolders(host, options).modelsDir),
    host: loopback(String(options.host ?? "127.0.0.1")),
    port: number("port") ?? DEFAULT_PORT,
    logLevel: level as ServeRequest["logLevel"] & string,
    ...(Array.isArray(options.model) ? { models: options.model.map(String) } : {}),
    ...(options.batchesDir === undefined ? {} : { batchesDir: fromHere(host, String(options.batchesDir)) }),
    ...Object.fromEntries(given),
  };
}

/** Said before anything is loaded; the server itself checks it again. */
function loopback(host: string): string {
  if ((LOOPBACK_HOSTS as readonly string[]).includes(host)) return host;
  throw new KaaykoError({
    action: `listen on ${host}`,
    rule: "the host must be this machine's own (127.0.0.1)",
    remedy: "There is no authentication yet: put a proxy that has some in front.",
    kind: "usage",
  });
}
