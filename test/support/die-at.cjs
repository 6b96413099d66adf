"use strict";
// Loaded before the program (see `diesAt`): the process sends a signal to itself, or to the one that started it, at a place that is
// told in its environment. What is killed from outside may have ended by then, on a fast machine or where the killer has to wait.
const { existsSync, writeFileSync } = require("node:fs");
const files = require("node:fs/promises");
const { syncBuiltinESMExports } = require("node:module");
const { basename } = require("node:path");
const { isMainThread } = require("node:worker_threads");

const { on, file, text, times, point, stages, signal, whom, once } = JSON.parse(process.env.DIES_AT);

function die() {
  if (once !== undefined) {
    if (existsSync(once)) return;
    writeFileSync(once, "");
  }
  process.kill(whom === "parent" ? process.ppid : process.pid, signal);
}

/** Whether a line of a run's log tells of the point, or of a step behind it. */
function isThere(line) {
  if (!line.includes(`"type":"${point.type}"`)) return false;
  const event = JSON.parse(line);
  const ahead = stages.indexOf(event.stage) - stages.indexOf(point.stage);
  return event.type === "resumed" || ahead > 0 || (ahead === 0 && event.step >= point.step);
}

/** Once stderr was told a text, in one piece or several. */
function watchStderr() {
  const write = process.stderr.write.bind(process.stderr);
  let seen = "";
  process.stderr.write = (chunk, ...rest) => {
    const before = seen.includes(text);
    const done = write(chunk, ...rest);
    seen += String(chunk);
    if (!before && seen.includes(text)) die();
    return done;
  };
}

/** Once the log of a run, which a thread of its own may write, has the point on disk. */
function watchLog() {
  const { open } = files;
  files.open = async (path, ...rest) => {
    const handle = await open(path, ...rest);
    if (basename(String(path)) !== "events.jsonl") return handle;
    const write = handle.write.bind(handle);
    handle.write = async (bytes, offset, length) => {
      const result = await write(bytes, offset, length);
      const lines = Buffer.from(bytes.subarray(offset, offset + result.bytesWritten))
        .toString("utf8")
        .split("\n");
      if (lines.some(isThere)) die();
      return result;
    };
    return handle;
  };
}

/** Once a file was put under a name for the n-th time. */
function watchRenames() {
  const { rename } = files;
  let seen = 0;
  files.rename = async (from, to) => {
    await rename(from, to);
    if (basename(String(to)) === file && ++seen === times) die();
  };
}

if (on === "log") watchLog();
else if (on === "rename") watchRenames();
else if (isMainThread) watchStderr();
syncBuiltinESMExports();
