import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { hasCode } from "../core/errors.ts";

/** Who a process is, so that another one on the same machine can prove that it is gone. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Changes with every start of the machine; null where the platform does not tell. */
  readonly bootId: string | null;
  /** Process ids mean something inside one namespace only: containers of one machine have one each. Null where unknown. */
  readonly pidNamespace: string | null;
  /** When the process started, in whatever form the platform gives; a later process of the same id differs. */
  readonly startTime: string | null;
}

let own: ProcessIdentity | undefined;

export function ownProcess(): ProcessIdentity {
  own ??= {
    pid: process.pid,
    host: hostname(),
    bootId: bootId(),
    pidNamespace: pidNamespace(),
    startTime: processState(process.pid)?.startTime ?? null,
  };
  return own;
}

/** Who another process of this machine is, by its id; as far as the platform tells. */
export function identityOf(pid: number): ProcessIdentity {
  return { ...ownProcess(), pid, startTime: processState(pid)?.startTime ?? null };
}

/** Whether something that was read is an identity. */
export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  if (value === null || typeof value !== "object") return false;
  const { pid, host, bootId, pidNamespace, startTime } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(pid) || Number(pid) < 1 || typeof host !== "string") return false;
  return [bootId, pidNamespace, startTime].every((part) => part === null || typeof part === "string");
}

/**
 * What can be proved about a process from here: "dead" and "alive" only of a process of this very machine, boot and process
 * namespace, with a start time to tell it from a later process of the same id. Anything else is "unknown".
 */
export function fateOf(other: ProcessIdentity): "alive" | "dead" | "unknown" {
  const here = ownProcess();
  if (here.bootId === null || other.bootId !== here.bootId || other.host !== here.host) return "unknown";
  if (other.pidNamespace !== here.pidNamespace || other.startTime === null || here.startTime === null) return "unknown";
  try {
    const found = processState(other.pid);
    return found === undefined || found.ended || found.startTime !== other.startTime ? "dead" : "alive";
  } catch {
    return "unknown";
  }
}

function bootId(): string | null {
  if (process.platform === "linux") return readText("/proc/sys/kernel/random/boot_id");
  return process.platform === "darwin" ? runQuietly("sysctl", "-n", "kern.bootsessionuuid") : null;
}

function pidNamespace(): string | null {
  if (process.platform !== "linux") return null;
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return null;
  }
}

/** Undefined where there is no such process. Throws where that cannot be told. */
function processState(pid: number): { startTime: string | null; ended: boolean } | undefined {
  if (process.platform === "linux") return linuxProcess(pid);
  if (process.platform !== "darwin") return { startTime: null, ended: false };
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (hasCode(error, "ESRCH")) return undefined;
  }
  return { startTime: runQuietly("ps", "-o", "lstart=", "-p", String(pid)), ended: false };
}

function linuxProcess(pid: number): { startTime: string; ended: boolean } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch (error) {
    if (hasCode(error, "ENOENT", "ESRCH")) return undefined;
    throw error;
  }
  // The second field is the program's name in parentheses and may hold anything: fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { startTime: fields[19] ?? "", ended: fields[0] === "Z" || fields[0] === "X" };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

function runQuietly(command: string, ...args: string[]): string | null {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim() || null;
  } catch {
    return null;
  }
}
