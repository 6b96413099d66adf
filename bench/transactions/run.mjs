// Average precision on injected anomalies of six kinds, ours beside scikit-learn's IsolationForest, fitted and judged on the same
// rows and features without labels: node bench/transactions/run.mjs [--rows 20000] [--seeds 1,2,3] [--python python3]
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { memorySource, openSource } from "../../dist/data/index.js";
import { createModelPredictor, train } from "../../dist/index.js";
import { AreaUnderCurve } from "../../dist/metrics/index.js";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "20000" },
    seeds: { type: "string", default: "1,2,3" },
    python: { type: "string", default: "python3" },
  },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "kaayko-bench-"));

async function readAll(path) {
  const reader = await (await openSource(path)).open({ retain: true });
  while ((await reader.next()) !== null);
  return reader.table();
}

async function ours(path, seed, algorithm) {
  const table = await readAll(path);
  const kinds = table.columns.find(({ name }) => name === "anomaly_kind");
  const columns = table.columns.filter((column) => column !== kinds);
  const { model } = await train({
    data: memorySource({ rows: table.rows, columns }, `rows-${seed}-${algorithm}`),
    task: "anomaly",
    target: "is_anomaly",
    algorithms: [algorithm],
    testSize: 0,
    validationSize: 0,
    report: "none",
    checkpointsDir: null,
    modelsDir: join(folder, "models"),
    name: algorithm,
  });
  const predictor = await createModelPredictor(model);
  const scores = await predictor.predict({ firstRow: 0, rows: table.rows, columns });
  await predictor.dispose();
  const all = [...kinds.dictionary].sort();
  const kindOf = (row) => (kinds.codes[row] === 0 ? "" : kinds.dictionary[kinds.codes[row] - 1]);
  const rows = [...scores.keys()];
  const among = (chosen) => {
    const curve = new AreaUnderCurve();
    for (const row of chosen) curve.add(scores[row], kindOf(row) === "" ? 0 : 1, 1);
    return curve.areas().averagePrecision;
  };
  return {
    all: among(rows),
    ...Object.fromEntries(all.map((kind) => [kind, among(rows.filter((row) => ["", kind].includes(kindOf(row))))])),
  };
}

try {
  for (const seed of values.seeds.split(",")) {
    const path = join(folder, `${seed}.csv`);
    writeFileSync(
      path,
      execFileSync(process.execPath, [here("./features.mjs"), values.rows, seed], { maxBuffer: 2 ** 30 }),
    );
    const peer = JSON.parse(execFileSync(values.python, [here("./peer.py"), path], { encoding: "utf8" }));
    const results = { "scikit-learn IsolationForest": peer };
    for (const algorithm of ["isolation-tails", "isolation-forest", "tail-probability"])
      results[algorithm] = await ours(path, seed, algorithm);
    for (const [name, result] of Object.entries(results))
      console.log(
        `seed ${seed}  ${name.padEnd(28)} ${Object.entries(result)
          .map(([kind, value]) => `${kind} ${value.toFixed(3)}`)
          .join("  ")}`,
      );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
