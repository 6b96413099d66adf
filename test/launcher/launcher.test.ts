import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Clone, freshClone } from "./clone.ts";

let clone: Clone;
afterEach(() => clone.dispose());

const npmCalls = (): string[] => {
  const log = join(clone.root, "npm.log");
  return existsSync(log)
    ? readFileSync(log, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(" ")[0]!)
    : [];
};

/** The npm that a launcher has named as its helper; null before. */
function helper(): { readonly pid: number } | null {
  const claim = join(clone.root, ".kaayko", "prepare", "claim-1");
  if (!existsSync(claim)) return null;
  return (JSON.parse(readFileSync(claim, "utf8")) as { helper: { pid: number } | null }).helper;
}

/** Waits until npm has begun, and its launcher has told everybody. */
const installing = (): Promise<void> =>
  until(() => helper() !== null && existsSync(join(clone.root, "node_modules", "something")));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe.skipIf(process.platform === "win32")("bin/kaayko", () => {
  it("installs and builds a fresh clone, then does what was asked, and next time only that", async () => {
    clone = freshClone();
    const first = await clone.launch(["train", "--data", "a b.csv"]);
    expect(first).toMatchObject({ code: 0, stdout: '["train","--data","a b.csv"]\n' });
    expect(first.stderr).toMatch(
      /installing packages .*\n.*installing packages: done in [\d.]+ s\n.*building .*\n.*building: done/,
    );
    const second = await clone.launch(["--help"]);
    expect(second).toMatchObject({ code: 0, stdout: '["--help"]\n', stderr: "" });
    expect(npmCalls()).toEqual(["ci", "run"]);
  });

  it("gives the command's exit code", async () => {
    clone = freshClone();
    expect((await clone.launch(["fail"])).code).toBe(3);
  });

  it("builds again after a source changed, and installs again after the lock file changed", async () => {
    clone = freshClone();
    await clone.launch([]);
    writeFileSync(join(clone.root, "src", "a.ts"), "export const a = 1;\n");
    await clone.launch([]);
    expect(npmCalls()).toEqual(["ci", "run", "run"]);
    const lockfile = join(clone.root, "package-lock.json");
    writeFileSync(lockfile, readFileSync(lockfile, "utf8").replace("1.0.0", "1.0.1"));
    // As long as before, and on a file system that knows whole seconds only, of the same time.
    utimesSync(lockfile, new Date(), new Date(Date.now() + 10_000));
    await clone.launch([]);
    expect(npmCalls()).toEqual(["ci", "run", "run", "ci"]);
  });

  it("does not install over an npm ci that was run by hand", async () => {
    clone = freshClone();
    await clone.launch([]);
    rmSync(join(clone.root, "node_modules", ".kaayko-installed.json"));
    await clone.launch([]);
    expect(npmCalls()).toEqual(["ci", "run"]);
  });

  it("notices an installation that was killed in the middle and does it again", async () => {
    clone = freshClone();
    const running = clone.start(["x"], "hang");
    await installing();
    running.kill("SIGKILL");
    await running.ended;
    const { pid } = helper()!;
    // The orphaned npm still works in the folder: nobody may install beside it.
    const next = clone.start(["x"]);
    await until(() => next.stderr().includes(`waiting for process ${pid}`));
    expect(npmCalls()).toEqual(["ci"]);
    process.kill(pid, "SIGKILL");
    const result = await next.ended;
    expect(result).toMatchObject({ code: 0, stdout: '["x"]\n' });
    expect(npmCalls()).toEqual(["ci", "ci", "run"]);
  });

  it("ends npm with itself when it is interrupted, and starts over next time", async () => {
    clone = freshClone();
    const running = clone.start(["x"], "hang");
    await installing();
    running.kill("SIGTERM");
    expect((await running.ended).code).toBe(143);
    expect(await clone.launch(["x"])).toMatchObject({ code: 0, stdout: '["x"]\n' });
  });

  it("installs once when it is started twice at once; the second waits and says so", async () => {
    clone = freshClone();
    const hold = join(clone.root, "hold");
    writeFileSync(hold, "");
    const started = ["a", "b"].map((word) => clone.start([word], "held"));
    await until(() => started.some((one) => /waiting for process \d+/.test(one.stderr())));
    rmSync(hold);
    const [a, b] = await Promise.all(started.map((one) => one.ended));
    expect([a!.stdout, b!.stdout]).toEqual(['["a"]\n', '["b"]\n']);
    expect(npmCalls()).toEqual(["ci", "run"]);
  });

  it("says in one line what is wrong where npm is missing, the network is down or the build fails", async () => {
    clone = freshClone({ withNpm: false });
    const missing = await clone.launch(["x"]);
    expect(missing).toMatchObject({ code: 1, stdout: "" });
    expect(missing.stderr).toMatch(/Cannot install kaayko: npm must be on the PATH.*\nInstall npm/);
    clone.dispose();
    clone = freshClone();
    const offline = await clone.launch(["x"], "offline");
    expect(offline.code).toBe(1);
    expect(offline.stderr).toMatch(/Cannot finish installing packages: .*ENOTFOUND.*\nCheck the network/);
    const broken = await clone.launch(["x"], "no-build");
    expect(broken.code).toBe(1);
    expect(broken.stderr).toMatch(/Cannot finish building: .*TS1: wrong/);
    expect(await clone.launch(["x"])).toMatchObject({ code: 0 });
  });
});
