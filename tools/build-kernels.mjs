// Compiles src/kernels/<name>/assembly/index.ts to dist/kernels/<name>/<name>.wasm, each only when its sources changed.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "src", "kernels");
const SHARED = [
  "--enable",
  "threads",
  "--importMemory",
  "--sharedMemory",
  "--maximumMemory",
  "65536",
  "--zeroFilledMemory",
];
const FLAGS = ["--enable", "simd", "--initialMemory", "1", "--runtime", "stub", "-O3", "--noAssert"];
// Goes into files that predict alone, in browsers as well, where shared memory is kept from most pages.
const ALONE = ["standalone"];

// Rooms without an index hold what kernels share.
const rooms = existsSync(sources)
  ? readdirSync(sources).filter((name) => existsSync(join(sources, name, "assembly")))
  : [];
const kernels = rooms.filter((name) => existsSync(join(sources, name, "assembly", "index.ts")));
let asc;
for (const name of kernels) {
  const folder = join(sources, name, "assembly");
  const flags = ALONE.includes(name) ? FLAGS : [...FLAGS, ...SHARED];
  const hash = createHash("sha256").update(flags.join(" "));
  for (const other of rooms) {
    for (const file of readdirSync(join(sources, other, "assembly")).sort())
      hash.update(file).update(readFileSync(join(sources, other, "assembly", file)));
  }
  const digest = hash.digest("hex");
  const target = join(root, "dist", "kernels", name);
  const stamp = join(target, `${name}.stamp`);
  const output = join(target, `${name}.wasm`);
  if (existsSync(stamp) && existsSync(output) && readFileSync(stamp, "utf8") === digest) continue;
  mkdirSync(target, { recursive: true });
  asc ??= await import("assemblyscript/asc");
  const { error, stderr } = await asc.main([join(folder, "index.ts"), "--outFile", output, ...flags], {
    stderr: undefined,
  });
  if (error) {
    process.stderr.write(`${stderr.toString()}\nCannot build kernel ${name}: ${error.message}\n`);
    process.exit(1);
  }
  writeFileSync(stamp, digest);
  process.stdout.write(`kernel ${name}\n`);
}
