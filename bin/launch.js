"use strict";
// Starts the command line at once where everything is in place; installs and builds first where it is not.
const { statSync } = require("node:fs");
const nodeModule = require("node:module");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { isInstalled, isBuilt } = require("./state.js");

const ROOT = path.dirname(__dirname);

async function launch(argv) {
  try {
    // A package inside somebody's node_modules was installed and built by whoever put it there.
    const isClone = path.basename(path.dirname(ROOT)) !== "node_modules" && exists(path.join(ROOT, "package-lock.json"));
    if (isClone && !(isInstalled(ROOT) && isBuilt(ROOT))) await require("./prepare.js").prepare(ROOT);
    // Node 22 and later keep compiled code between starts.
    if (nodeModule.enableCompileCache !== undefined) nodeModule.enableCompileCache();
    const { main } = await import(pathToFileURL(path.join(ROOT, "dist", "cli", "main.js")).href);
    process.exitCode = await main(argv);
  } catch (error) {
    const trace = argv.includes("--debug") && error instanceof Error;
    const remedy = error && error.remedy ? `\n${error.remedy}` : "";
    process.stderr.write(`${trace ? error.stack : error && error.message ? error.message : error}${remedy}\n`);
    process.exitCode = error && Number.isInteger(error.exitCode) ? error.exitCode : 1;
  }
}

function exists(file) {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}

module.exports = { launch };
