// Milliseconds of each phase of a round: node bench/trees/phases.mjs xgboost TABLE ROUNDS [TASK] [setting=value …].
// THREADS as for ours.mjs. The busy column is the processor time of all threads.
import { TreeMachine } from "../../dist/algorithms/trees/machine/machine.js";

const totals = new Map();
const run = TreeMachine.prototype.run;
let level = 0;
TreeMachine.prototype.run = function (phase) {
  const levelled = phase === "expandPass" || phase === "splitPass";
  const name = levelled ? `${phase} ${level < 8 ? level : "8 on"}` : phase;
  if (phase === "expandPass") level++;
  if (phase === "leafPass" || phase === "residualPass") level = 0;
  const processor = process.cpuUsage();
  const start = performance.now();
  run.call(this, phase);
  const clock = performance.now() - start;
  const { user, system } = process.cpuUsage(processor);
  const total = totals.get(name) ?? { clock: 0, busy: 0 };
  totals.set(name, { clock: total.clock + clock, busy: total.busy + (user + system) / 1000 });
};
const rounds = Number(process.argv[4]);
process.on("exit", () => {
  let clock = 0;
  let busy = 0;
  for (const [name, total] of totals) {
    const once = name === "binPass" || name === "residualRootPass";
    const each = once ? 1 : rounds;
    process.stdout.write(
      `${name.padEnd(18)}${(total.clock / each).toFixed(2).padStart(9)} ms${(total.busy / each).toFixed(2).padStart(9)} ms busy${once ? ", once" : ""}\n`,
    );
    if (once) continue;
    clock += total.clock / rounds;
    busy += total.busy / rounds;
  }
  process.stdout.write(
    `${"a round".padEnd(18)}${clock.toFixed(2).padStart(9)} ms${busy.toFixed(2).padStart(9)} ms busy\n`,
  );
});
await import("./ours.mjs");
