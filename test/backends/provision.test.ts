import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { chooseBackend, ensureTensorflow, tensorflowStatus } from "../../src/backends/index.ts";
import {
  isSupportedPlatform,
  libraryNames,
  tensorflowFolders,
  tfjsNodeFolder,
} from "../../src/backends/tensorflow/parts.ts";
import { installedBinding } from "../../src/backends/tensorflow/status.ts";
import { type FakeTools, REAL_PYTHON, useFakeTools } from "./fake-tools.ts";

const tfjsNode = tfjsNodeFolder();
const possible =
  REAL_PYTHON !== null && isSupportedPlatform() && tfjsNode !== null && installedBinding(tfjsNode) === null;

let tools: FakeTools;
afterEach(() => tools.dispose());

const library = (): string => join(tensorflowFolders(false).site, "tensorflow", libraryNames()[0]!);

describe.skipIf(!possible)("setting TensorFlow up", () => {
  it("names what is missing before it fetches anything", async () => {
    tools = useFakeTools({ python: false, compiler: true });
    expect(await ensureTensorflow()).toMatchObject({ state: "missing", reason: expect.stringMatching(/^Python 3.9/) });
    tools.dispose();
    tools = useFakeTools({ python: true, compiler: false });
    expect(await ensureTensorflow()).toMatchObject({
      state: "missing",
      reason: expect.stringMatching(/C\+\+ compiler/),
    });
    expect(tools.pipCalls()).toBe(0);
  });

  it("says in one line that the network is down", async () => {
    tools = useFakeTools({ python: true, compiler: true });
    process.env.FAKE_PIP = "offline";
    const status = await ensureTensorflow();
    expect(status.reason).toBe("the network or the Python package index cannot be reached");
    expect(status.remedy).toMatch(/network.*kaayko setup/);
  });

  it.each(["half-once", "bit-flip-once"])("fetches a wheel again that came damaged (%s)", async (mode) => {
    tools = useFakeTools({ python: true, compiler: true });
    process.env.FAKE_PIP = mode;
    const told: string[] = [];
    const status = await ensureTensorflow({ notify: (message) => told.push(message) });
    expect(told).toContain("The downloaded wheel is damaged; fetching it once more.");
    expect(tools.pipCalls()).toBe(2);
    expect(existsSync(library())).toBe(true);
    expect(status.reason).toMatch(/compiling the binding must work; g\+\+ says: .*pretended/);
  });

  it.each(["half", "tampered"])(
    "gives up on a wheel that is never whole (%s) and publishes nothing of it",
    async (mode) => {
      tools = useFakeTools({ python: true, compiler: true });
      process.env.FAKE_PIP = mode;
      expect((await ensureTensorflow()).reason).toMatch(/damaged for the second time/);
      expect(existsSync(tensorflowFolders(false).site)).toBe(false);
    },
  );

  it("keeps libraries that are whole when only the compiler failed", async () => {
    tools = useFakeTools({ python: true, compiler: true });
    await ensureTensorflow();
    await ensureTensorflow();
    expect(tools.pipCalls()).toBe(1);
    expect(readFileSync(library(), "utf8").slice(0, 10)).toBe("tensorflow");
    expect(tensorflowStatus().reason).toBe("the native binding is not compiled");
  });

  it("does what was killed in the middle again, and what was damaged since", async () => {
    tools = useFakeTools({ python: true, compiler: true });
    const { root } = tensorflowFolders(false);
    mkdirSync(join(root, "work", "site", "tensorflow"), { recursive: true });
    writeFileSync(join(root, "work", "site", "tensorflow", libraryNames()[0]!), "half");
    expect(tensorflowStatus().state).toBe("missing");
    await ensureTensorflow();
    expect(tools.pipCalls()).toBe(1);
    truncateSync(library(), 100);
    expect(tensorflowStatus()).toMatchObject({
      state: "broken",
      reason: expect.stringMatching(/100 bytes instead of/),
    });
    await ensureTensorflow();
    expect(tools.pipCalls()).toBe(2);
    expect(tensorflowStatus().state).toBe("missing");
    expect(existsSync(join(root, "work"))).toBe(false);
  });

  it("fetches once when two ask at the same time", async () => {
    tools = useFakeTools({ python: true, compiler: true });
    const told: string[] = [];
    const notify = (message: string): void => void told.push(message);
    await Promise.all([ensureTensorflow({ notify }), ensureTensorflow({ notify })]);
    expect(tools.pipCalls()).toBe(1);
    expect(told.join("\n")).toMatch(/Waiting for process/);
  });

  it("goes on with wasm under auto, saying why, and does not try again at once; refuses under tensorflow", async () => {
    tools = useFakeTools({ python: true, compiler: true });
    process.env.FAKE_PIP = "offline";
    const told: string[] = [];
    const options = { threads: 1, notify: (message: string) => void told.push(message) };
    expect((await chooseBackend("auto", options)).name).toBe("wasm");
    expect(told.at(-1)).toMatch(/^TensorFlow is not used: the network .* runs on wasm meanwhile\.$/);
    await chooseBackend("auto", options);
    expect(tools.pipCalls()).toBe(1);
    await expect(chooseBackend("tensorflow", options)).rejects.toThrow(
      /Cannot use the backend tensorflow: the network/,
    );
  });
});
