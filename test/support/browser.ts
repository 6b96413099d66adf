import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** The name of a Chromium that is installed here, or null. */
export function findBrowser(): string | null {
  return NAMES.find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0) ?? null;
}

type Message = { id?: number; method?: string; params?: Record<string, unknown>; result?: unknown; error?: unknown };

/** A page in a browser without a window, spoken to by the DevTools protocol over a pipe. */
export interface BrowserPage {
  /** What the console, the log and the security policy complained of, and every request but that of the page itself. */
  readonly complaints: readonly string[];
  send(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Opens a URL and waits until it is loaded. */
  open(url: string): Promise<void>;
  /** The value of an expression in the page. */
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

export async function openBrowser(name: string): Promise<BrowserPage> {
  const profile = await mkdtemp(join(tmpdir(), "kaayko-browser-"));
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
  const browser = spawn(name, [...flags, `--user-data-dir=${profile}`, "--remote-debugging-pipe"], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const talk = new Conversation(browser);
  const { targetId } = await talk.send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await talk.send("Target.attachToTarget", { targetId, flatten: true });
  const send = (method: string, params: Record<string, unknown> = {}) => talk.send(method, params, String(sessionId));
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await send(`${domain}.enable`);
  return {
    complaints: talk.complaints,
    send,
    open: async (url) => {
      talk.page = url;
      const loaded = talk.once("Page.loadEventFired");
      await send("Page.navigate", { url });
      await loaded;
    },
    evaluate: async <T>(expression: string) => {
      const { result, exceptionDetails } = await send("Runtime.evaluate", {
        expression,
        returnByValue: true,
        awaitPromise: true,
      });
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
      return (result as { value: T }).value;
    },
    close: async () => {
      const gone = new Promise((resolve) => browser.once("exit", resolve));
      await talk.send("Browser.close").catch(() => browser.kill("SIGKILL"));
      await gone;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

class Conversation {
  readonly complaints: string[] = [];
  page = "";
  readonly #to: Writable;
  readonly #waiting = new Map<
    number,
    { resolve: (result: Record<string, unknown>) => void; reject: (error: Error) => void }
  >();
  readonly #events = new Map<string, () => void>();
  #next = 0;

  constructor(browser: ChildProcess) {
    this.#to = browser.stdio[3] as Writable;
    let text = "";
    (browser.stdio[4] as Readable).setEncoding("utf8").on("data", (chunk: string) => {
      const messages = (text + chunk).split("\0");
      text = messages.pop()!;
      for (const message of messages) this.#take(JSON.parse(message) as Message);
    });
    browser.once("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the browser has ended"));
    });
  }

  send(method: string, params: Record<string, unknown> = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#next;
    this.#to.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  once(event: string): Promise<void> {
    return new Promise((resolve) => this.#events.set(event, resolve));
  }

  #take({ id, method, params = {}, result, error }: Message): void {
    if (id !== undefined) {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve((result ?? {}) as Record<string, unknown>);
      else waiting?.reject(new Error(JSON.stringify(error)));
      return;
    }
    this.#complain(method!, params);
    this.#events.get(method!)?.();
    this.#events.delete(method!);
  }

  #complain(method: string, params: Record<string, unknown>): void {
    if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded")
      this.complaints.push(JSON.stringify(params));
    if (method === "Runtime.consoleAPICalled") this.complaints.push(JSON.stringify(params));
    const { url } = (params.request ?? {}) as { url?: string };
    if (method === "Network.requestWillBeSent" && url !== this.page && url !== "about:blank")
      this.complaints.push(`request ${url}`);
  }
}
