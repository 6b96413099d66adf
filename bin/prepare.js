"use strict";
// Installs and builds a fresh clone, once, whatever was interrupted before. All talk goes to stderr.
const { spawn } = require("node:child_process");
const os = require("node:os");
const path = require("node:path");
const { acquire } = require("./exclusive.js");
const state = require("./state.js");

const INSTALL = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--include=dev", "--include=optional"];
const BUILD = ["run", "--silent", "build"];
const NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|network/i;

const say = (message) => process.stderr.write(`kaayko: ${message}\n`);

class PrepareError extends Error {
  constructor(message, remedy, exitCode = 1) {
    super(message);
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}

async function prepare(root) {
  const lock = await lockOf(root);
  try {
    if (!state.isInstalled(root)) {
      state.unmark(root, "install");
      if (!state.wasInstalledByHand(root)) await phase(lock, root, "installing packages", INSTALL);
      state.markInstalled(root);
    }
    if (!state.isBuilt(root)) {
      state.unmark(root, "build");
      await phase(lock, root, "building", BUILD);
      state.markBuilt(root);
    }
  } finally {
    lock.release();
  }
}

async function lockOf(root) {
  try {
    return await acquire(path.join(root, ".kaayko", "prepare"), (pid) =>
      say(`waiting for process ${pid}, which is installing in this folder`),
    );
  } catch (error) {
    throw new PrepareError(
      `Cannot install kaayko: its folder must be writable, got ${error.code}`,
      "Give yourself the right to write there, or run `npm ci --ignore-scripts && npm run build` as a user who has it.",
    );
  }
}

/** Runs npm for one phase: a line when it begins, one every ten seconds, one when it ends. */
async function phase(lock, root, title, args) {
  const begin = Date.now();
  const seconds = () => `${((Date.now() - begin) / 1000).toFixed(1)} s`;
  say(`${title} (npm ${args[0] === "ci" ? "ci" : "run build"}) …`);
  const ticker = setInterval(() => say(`${title} … ${seconds()}`), 10_000);
  try {
    const { code, output } = await npm(lock, root, args);
    if (code !== 0) throw explain(title, code, output);
    say(`${title}: done in ${seconds()}`);
  } finally {
    clearInterval(ticker);
  }
}

function npm(lock, root, args) {
  return new Promise((resolve, reject) => {
    // Node starts npm.cmd only through a shell; the arguments are constants of ours.
    const windows = process.platform === "win32";
    const child = spawn(windows ? "npm.cmd" : "npm", args, { cwd: root, shell: windows, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk) => {
      output = (output + chunk).slice(-65536);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const release = passSignals(child, reject);
    if (child.pid !== undefined) lock.setHelper(child.pid);
    child.on("error", (error) => {
      release();
      reject(
        error.code === "ENOENT"
          ? new PrepareError("Cannot install kaayko: npm must be on the PATH, and it is not", "Install npm (it comes with Node from https://nodejs.org), then try again.")
          : new PrepareError(`Cannot install kaayko: npm did not start, got ${error.message}`),
      );
    });
    child.on("close", (code, signal) => {
      release();
      lock.setHelper(undefined);
      resolve({ code: signal === null ? code : `signal ${signal}`, output });
    });
  });
}

/** Ends npm with us, so that no half of an installation goes on behind the user's back. Returns what undoes it. */
function passSignals(child, reject) {
  const handlers = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => {
    const handler = () => {
      child.kill(signal);
      reject(new PrepareError("Interrupted while installing; start again to go on.", undefined, 128 + os.constants.signals[signal]));
    };
    process.on(signal, handler);
    return [signal, handler];
  });
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

function explain(title, code, output) {
  const lines = output.split("\n").map((line) => line.trim()).filter(Boolean);
  const errors = lines.filter((line) => /\berror\b|ERR!/i.test(line)).map((line) => line.replace(/^npm (error|ERR!)\s*/, ""));
  const line = errors.find((text) => text !== "" && !/^(code|errno|syscall|network)\b|complete log/i.test(text)) ?? lines.at(-1) ?? "";
  const cause = `Cannot finish ${title}: npm ended with ${code}${line === "" ? "" : `: ${line.slice(0, 200)}`}`;
  if (title === "building") return new PrepareError(cause, `${lines.slice(-12).join("\n")}\nMend what is named above (npm run build), then try again.`);
  if (/ENOSPC/.test(output)) return new PrepareError(cause, "Free some disk space, then try again.");
  if (/EACCES|EPERM|EROFS/.test(output)) return new PrepareError(cause, "Give yourself the right to write in this folder, then try again.");
  if (NETWORK.test(output)) return new PrepareError(cause, "Check the network, or npm's registry and proxy settings (npm config list), then try again.");
  return new PrepareError(cause, "Run npm ci --ignore-scripts to see all of it, then try again.");
}

module.exports = { prepare, PrepareError };
