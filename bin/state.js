"use strict";
// Whether a clone is installed and built: two stamps, written last, so that what was killed in the middle has none.
const fs = require("node:fs");
const path = require("node:path");

const NODE_MAJOR = Number(process.versions.node.split(".")[0]);

const installStamp = (root) => path.join(root, "node_modules", ".kaayko-installed.json");
const buildStamp = (root) => path.join(root, "dist", ".kaayko-built.json");

function readStamp(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}

/** Complete under its name, or not there at all. */
function writeStamp(file, value) {
  const temporary = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(temporary, JSON.stringify(value));
  fs.renameSync(temporary, file);
}

function hashOf(parts) {
  const hash = require("node:crypto").createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}

/** Size and time of change of a file: enough to see that it is the one that was looked at before. */
function trace(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.size}-${stat.mtimeMs}`;
}

function lockHash(root) {
  return hashOf([fs.readFileSync(path.join(root, "package-lock.json"))]);
}

function isInstalled(root) {
  const stamp = readStamp(installStamp(root));
  if (stamp === null || stamp.node !== NODE_MAJOR) return false;
  if (stamp.trace === trace(path.join(root, "package-lock.json"))) return true;
  if (stamp.hash !== lockHash(root)) return false;
  markInstalled(root);
  return true;
}

function markInstalled(root) {
  const lockfile = path.join(root, "package-lock.json");
  writeStamp(installStamp(root), { node: NODE_MAJOR, hash: lockHash(root), trace: trace(lockfile) });
}

/**
 * Whether somebody ran `npm ci` by hand: npm writes its own record of what it installed last of all. Every package that the
 * lock file demands must be in it, in that version.
 */
function wasInstalledByHand(root) {
  const wanted = readStamp(path.join(root, "package-lock.json"));
  const found = readStamp(path.join(root, "node_modules", ".package-lock.json"));
  if (wanted === null || found === null || !wanted.packages || !found.packages) return false;
  return Object.entries(wanted.packages).every(([name, entry]) => {
    if (name === "" || entry.optional || entry.devOptional || entry.peer) return true;
    const other = found.packages[name];
    return other !== undefined && other.version === entry.version && fs.existsSync(path.join(root, name));
  });
}

/** Files that a build is made from. */
function sources(root) {
  const files = ["package.json", "tsconfig.json", "tools/build-kernels.mjs"].filter((file) =>
    fs.existsSync(`${root}/${file}`),
  );
  const walk = (folder) => {
    for (const entry of fs.readdirSync(`${root}/${folder}`, { withFileTypes: true })) {
      const file = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(file);
      else if (entry.isFile()) files.push(file);
    }
  };
  walk("src");
  return files.sort();
}

/** A short hash over names, sizes and times, cheap enough for every start: loading Node's own would take longer. */
function traceSources(root, files) {
  let hash = 0x811c9dc5;
  for (const file of files) {
    const text = `${file} ${trace(`${root}/${file}`)}\n`;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return `${files.length}-${hash >>> 0}`;
}

const hashSources = (root, files) => hashOf(files.flatMap((file) => [file, fs.readFileSync(path.join(root, file))]));

function isBuilt(root) {
  const stamp = readStamp(buildStamp(root));
  if (stamp === null || !fs.existsSync(path.join(root, "dist", "cli", "main.js"))) return false;
  if (!fs.existsSync(path.join(root, "src"))) return true;
  const files = sources(root);
  if (stamp.trace === traceSources(root, files)) return true;
  if (stamp.hash !== hashSources(root, files)) return false;
  markBuilt(root);
  return true;
}

function markBuilt(root) {
  const files = sources(root);
  writeStamp(buildStamp(root), { hash: hashSources(root, files), trace: traceSources(root, files) });
}

/** Takes the stamp away before the work that it vouches for begins again. */
function unmark(root, what) {
  fs.rmSync(what === "install" ? installStamp(root) : buildStamp(root), { force: true });
}

module.exports = { isInstalled, isBuilt, markInstalled, markBuilt, unmark, wasInstalledByHand };
