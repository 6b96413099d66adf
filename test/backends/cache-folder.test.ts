import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheFolder } from "../../src/backends/index.ts";

describe("the cache folder", () => {
  it("is the one that is asked for, or the platform's", () => {
    expect(cacheFolder({ KAAYKO_CACHE: "/a", XDG_CACHE_HOME: "/b" }, "linux")).toBe("/a");
    expect(cacheFolder({ XDG_CACHE_HOME: "/b" }, "linux")).toBe(join("/b", "kaayko"));
    expect(cacheFolder({}, "linux")).toBe(join(homedir(), ".cache", "kaayko"));
    expect(cacheFolder({}, "darwin")).toBe(join(homedir(), "Library", "Caches", "kaayko"));
    expect(cacheFolder({ LOCALAPPDATA: "/local" }, "win32")).toBe(join("/local", "kaayko", "cache"));
  });
});
