// Ends a build: writes the stamp by which bin/kaayko knows that dist/ is of these sources and does not build again beside others.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const { markBuilt } = createRequire(import.meta.url)("../bin/state.js");
markBuilt(fileURLToPath(new URL("..", import.meta.url)));
