// Runs the built command line with services in memory: `node program.mjs <options as JSON> <arguments…>`.
import { runProgram } from "../../../dist/cli/program.js";
import { TRAINING_PARAMETERS } from "../../../dist/training/settings/index.js";
import { doubleServices } from "./services.mjs";

const [options, ...argv] = process.argv.slice(2);
process.exitCode = await runProgram(argv, doubleServices({ parameters: TRAINING_PARAMETERS, ...JSON.parse(options) }));
