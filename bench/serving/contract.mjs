// Lets schemathesis ask a server everything that its own OpenAPI document allows and much that it does not:
//   node bench/serving/contract.mjs PATH_OF_SCHEMATHESIS [examples an operation, default 60]   after npm run build
// Wants no 500 and no answer that the document does not describe, in all phases (coverage, fuzzing, and sequences of requests along
// the document's links). `positive_data_acceptance` is left out: which rows a model takes is not in a document for all models.
// Says every ten seconds how far it is. Loopback only; ends by itself: the examples are what is limited, for with a limit of time
// (`--max-time`) schemathesis goes on making up examples until it has passed. The time limit here only guards against a hang.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, train } from "../../dist/index.js";

const [schemathesis, examples = "60"] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "kaayko-contract-"));
const modelsDir = join(folder, "models");
const KINDS = ["food", "rent", "travel", "pets"];

const rows = Array.from({ length: 400 }, (_, i) => ({
  date: new Date(Date.UTC(2025, 0, 1 + i)),
  type: i % 5 ? "expense" : "income",
  description: `shop ${i % 4}`,
  amount: 10 * (i % 4) + (i % 3),
  payment_method: i % 2 ? "card" : null,
  category: KINDS[i % 4],
  odd: i % 8 === 0,
}));
const shared = { modelsDir, checkpointsDir: null, algorithms: ["xgboost"], rounds: 10, threads: 1, report: "none" };
const without = (name) => rows.map(({ [name]: _, ...row }) => row);

async function trainModels() {
  await train({ ...shared, data: without("odd"), target: "category", name: "category" });
  await train({ ...shared, data: without("odd"), target: "amount", name: "amount", interval: 0.9, refit: "never" });
  const detector = { task: "anomaly", algorithms: ["isolation-forest"], rounds: undefined };
  await train({ ...shared, ...detector, data: without("category"), target: "odd", name: "anomaly" });
  const ofDays = { split: "time", interval: 0.95, validationSize: 0.2, task: "regression", algorithms: ["ridge"] };
  const cashflow = { recipe: "transactions-cashflow", rounds: undefined, time: "day", target: "net_flow" };
  await train({ ...shared, ...ofDays, ...cashflow, data: without("odd"), name: "transactions-cashflow" });
}

/** Every ten seconds, how many answers there were. */
function tellProgress(server) {
  const statuses = new Map();
  const count = ({ statusCode }) => statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
  server.app.server.on("request", (_request, response) => response.on("finish", () => count(response)));
  const tell = () =>
    console.error(
      "answers:",
      [...statuses]
        .sort()
        .map(([status, times]) => `${times} × ${status}`)
        .join(", "),
    );
  return { tell, timer: setInterval(tell, 10_000) };
}

let server;
let progress;
try {
  console.error("training four models");
  await trainModels();
  server = await createServer({ modelsDir, threads: 1, logLevel: "error" });
  progress = tellProgress(server);
  const url = await server.listen({ port: 0 });
  await server.verify();
  const checks = ["--checks", "all", "--exclude-checks", "positive_data_acceptance"];
  const limits = ["--max-examples", examples, "--request-timeout", "20", "--seed", "1"];
  const client = spawn(schemathesis, ["run", `${url}/docs/json`, ...checks, ...limits, "--no-color"], {
    cwd: folder,
    stdio: "inherit",
    timeout: 600_000,
  });
  const [code, signal] = await once(client, "exit");
  process.exitCode = signal === null ? code : 1;
} finally {
  clearInterval(progress?.timer);
  progress?.tell();
  await server?.drain();
  await rm(folder, { recursive: true, force: true });
}
