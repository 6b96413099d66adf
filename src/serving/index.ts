import type { KaaykoServer } from "./create-server.ts";
import type { ServerOptions } from "./options.ts";

export type { KaaykoServer } from "./create-server.ts";
export { LOG_LEVELS, LOOPBACK_HOSTS, type LogLevel, type ServerOptions } from "./options.ts";

/**
 * Makes a server of the models in a folder. Nothing listens and no model is loaded before `listen` and `verify`.
 *
 * @throws KaaykoError (usage) for a bound out of its range
 */
export async function createServer(options: ServerOptions): Promise<KaaykoServer> {
  // Loaded when somebody serves: nobody else pays for an HTTP framework.
  return (await import("./create-server.ts")).createServer(options);
}
