import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where large things that can be made again are kept, outside any project: `KAAYKO_CACHE`, or `kaayko` in the platform's cache
 * folder (`XDG_CACHE_HOME` or ~/.cache, ~/Library/Caches, %LOCALAPPDATA%). The folder may not exist yet.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (environment.KAAYKO_CACHE) return environment.KAAYKO_CACHE;
  if (environment.XDG_CACHE_HOME) return join(environment.XDG_CACHE_HOME, "kaayko");
  if (platform === "win32")
    return join(environment.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "kaayko", "cache");
  if (platform === "darwin") return join(homedir(), "Library", "Caches", "kaayko");
  return join(homedir(), ".cache", "kaayko");
}
