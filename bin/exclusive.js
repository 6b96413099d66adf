"use strict";
// A lock between processes of one machine, for the launcher and for setting up TensorFlow.
//
// Claims are files `claim-<n>` in a folder, created exclusively; whoever holds the highest number that is not released owns
// the lock. A dead owner is superseded by the next number, never removed, so that two contenders that both saw it dead
// cannot both win. The highest claim always stays (as "released"), so numbers never start again.
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const POLL_MS = 200;

/** What /proc says of a process behind its name; empty where there is none. */
function factsOf(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

/** Something that differs when a process id is used again: its start time where /proc has it. */
const startIn = (facts) => facts[19] || null;
const startOf = (pid) => startIn(factsOf(pid));

function isAlive(owner) {
  if (owner === null || !Number.isSafeInteger(owner.pid)) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (error.code !== "EPERM") return false;
  }
  // One that has ended keeps its id until its parent asks for its end, which in a container may be never.
  const facts = factsOf(owner.pid);
  if (/^[ZX]$/.test(facts[0] ?? "")) return false;
  const start = startIn(facts);
  return start === null || owner.start === null || start === owner.start;
}

/** Numbers of the claims in a folder, highest first. */
function claims(folder) {
  return fs
    .readdirSync(folder)
    .map((name) => /^claim-(\d+)$/.exec(name))
    .filter((match) => match !== null)
    .map((match) => Number(match[1]))
    .sort((a, b) => b - a);
}

function readClaim(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    // Torn by a crash of the machine, or cleaned up by a newer owner: nobody owns it.
    return { owner: null, helper: null };
  }
}

function writeNew(file, content) {
  const temporary = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, JSON.stringify(content));
  try {
    fs.linkSync(temporary, file);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "ENOSYS", "EOPNOTSUPP"].includes(error.code)) throw error;
    return writeWithoutLink(file, content);
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

/** For file systems without hard links. */
function writeWithoutLink(file, content) {
  try {
    fs.writeFileSync(file, JSON.stringify(content), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function replace(file, content) {
  const temporary = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, JSON.stringify(content));
  fs.renameSync(temporary, file);
}

/** One try: the lock, or the process that holds it. */
function tryAcquire(folder) {
  const [highest = 0] = claims(folder);
  if (highest > 0) {
    const { owner, helper } = readClaim(path.join(folder, `claim-${highest}`));
    if (isAlive(owner)) return { holder: owner.pid };
    if (isAlive(helper)) return { holder: helper.pid };
  }
  const number = highest + 1;
  const file = path.join(folder, `claim-${number}`);
  const owner = { pid: process.pid, start: startOf(process.pid), host: os.hostname() };
  if (!writeNew(file, { owner, helper: null })) return {};
  if (claims(folder)[0] !== number) {
    fs.rmSync(file, { force: true });
    return {};
  }
  for (const older of claims(folder)) if (older < number) fs.rmSync(path.join(folder, `claim-${older}`), { force: true });
  return { lock: new Lock(file, owner) };
}

class Lock {
  constructor(file, owner) {
    this.file = file;
    this.owner = owner;
  }

  /** Names a child that must be gone too before anybody else may own the lock; undefined takes the name away. */
  setHelper(pid) {
    replace(this.file, { owner: this.owner, helper: pid === undefined ? null : { pid, start: startOf(pid) } });
  }

  release() {
    replace(this.file, { owner: null, helper: null });
  }
}

/**
 * Waits for the lock.
 *
 * @param {string} folder where the claims are kept; made if missing
 * @param {(holder: number) => void} onWait called once when somebody else holds it, with that process's id
 */
async function acquire(folder, onWait) {
  fs.mkdirSync(folder, { recursive: true });
  let told = false;
  for (;;) {
    const { lock, holder } = tryAcquire(folder);
    if (lock !== undefined) return lock;
    if (holder !== undefined && !told) {
      told = true;
      onWait(holder);
    }
    await new Promise((resolve) => setTimeout(resolve, holder === undefined ? 5 : POLL_MS));
  }
}

module.exports = { acquire };
