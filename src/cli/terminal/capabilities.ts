import type { Style } from "../../reports/text/index.ts";
import type { Host, OutputStream } from "./host.ts";

/** The general switches, found before anything else is parsed: even a parsing error must know how to be printed. */
export interface Switches {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly debug: boolean;
  readonly color: boolean | undefined;
  readonly input: boolean;
  readonly yes: boolean;
}

/** Reads the general switches from raw arguments; `--` ends them. */
export function readSwitches(argv: readonly string[]): Switches {
  const end = argv.indexOf("--");
  const given = new Set(end < 0 ? argv : argv.slice(0, end));
  return {
    json: given.has("--json"),
    quiet: given.has("--quiet") || given.has("-q"),
    verbose: given.has("--verbose") || given.has("-v"),
    debug: given.has("--debug"),
    color: given.has("--no-color") ? false : given.has("--color") ? true : undefined,
    input: !given.has("--no-input"),
    yes: given.has("--yes") || given.has("-y"),
  };
}

/** What a stream can show. A flag wins over FORCE_COLOR, that over NO_COLOR (as in Node), that over what the stream is. */
export function streamStyle(host: Host, stream: OutputStream, switches: Switches): Style {
  return {
    width: Math.max(40, Math.min(stream.columns ?? (Number(host.env.COLUMNS) || 100), 160)),
    color: switches.color ?? environmentColor(host) ?? (stream.isTTY === true && host.env.TERM !== "dumb"),
    unicode: canUnicode(host),
  };
}

function environmentColor(host: Host): boolean | undefined {
  const force = host.env.FORCE_COLOR;
  if (force !== undefined) return force !== "0" && force !== "false";
  return (host.env.NO_COLOR ?? "") !== "" ? false : undefined;
}

function canUnicode(host: Host): boolean {
  if (host.env.TERM === "dumb" || host.env.TERM === "linux") return false;
  const locale = host.env.LC_ALL || host.env.LC_CTYPE || host.env.LANG || "";
  return locale === "" || /utf-?8/i.test(locale);
}

/** Whether a line may be redrawn in place on stderr. */
export function canAnimate(host: Host): boolean {
  return host.stderr.isTTY === true && host.env.TERM !== "dumb" && !inContinuousIntegration(host);
}

/** Whether a person can be asked: both ends are a terminal and nothing forbids it. */
export function canAsk(host: Host, switches: Switches): boolean {
  if (!switches.input || switches.json || inContinuousIntegration(host) || host.env.TERM === "dumb") return false;
  return host.stderr.isTTY === true && host.stdin.isTTY === true;
}

function inContinuousIntegration(host: Host): boolean {
  return !["", "0", "false"].includes(host.env.CI ?? "");
}
