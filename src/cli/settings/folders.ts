import { homedir } from "node:os";
import { join } from "node:path";
import type { Host } from "../terminal/host.ts";

/** The user's own settings: `$XDG_CONFIG_HOME/kaayko/config.json` or its like on the platform. */
export function userConfigPath(host: Host): string {
  const { env, platform } = host;
  if (env.XDG_CONFIG_HOME) return join(env.XDG_CONFIG_HOME, "kaayko", "config.json");
  if (platform === "win32") return join(env.APPDATA || join(home(host), "AppData", "Roaming"), "kaayko", "config.json");
  const folder = platform === "darwin" ? ["Library", "Application Support"] : [".config"];
  return join(home(host), ...folder, "kaayko", "config.json");
}

/** Where remembered answers are: `KAAYKO_CACHE`, else `kaayko` in the platform's cache folder. Safe to delete at any time. */
export function cacheFolder(host: Host): string {
  const { env, platform } = host;
  if (env.KAAYKO_CACHE) return env.KAAYKO_CACHE;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, "kaayko");
  if (platform === "win32") return join(env.LOCALAPPDATA || join(home(host), "AppData", "Local"), "kaayko", "cache");
  return join(home(host), ...(platform === "darwin" ? ["Library", "Caches"] : [".cache"]), "kaayko");
}

function home(host: Host): string {
  return host.env.HOME || host.env.USERPROFILE || homedir();
}
