// Sends requests at a fixed rate over kept connections to this machine, whatever the answers take, and reports how long each took.
// Standard input: { url, method, body, rate, seconds }; output: { p50, p99, max, sent, errors } in milliseconds.
import http from "node:http";
import { performance } from "node:perf_hooks";
import { text } from "node:stream/consumers";

const { url, method, body, rate, seconds } = JSON.parse(await text(process.stdin));
const target = new URL(url);
if (target.hostname !== "127.0.0.1") throw new Error("only this machine");
const total = Math.min(120_000, rate * seconds);
const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
const headers =
  body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
const times = [];
let errors = 0;

function send() {
  return new Promise((resolve) => {
    const begun = performance.now();
    const request = http.request(target, { method, agent, headers }, (response) => {
      response.resume().on("end", () => {
        if (response.statusCode === 200) times.push(performance.now() - begun);
        else errors++;
        resolve();
      });
    });
    request.on("error", () => {
      errors++;
      resolve();
    });
    request.end(body);
  });
}

const pending = [];
const begun = performance.now();
for (let sent = 0; sent < total; ) {
  const due = Math.min(total, Math.floor(((performance.now() - begun) / 1000) * rate) + 1);
  for (; sent < due; sent++) pending.push(send());
  // A timer has whole milliseconds and is late: what became due meanwhile is sent together.
  await new Promise((resolve) => setImmediate(resolve));
}
await Promise.all(pending);
agent.destroy();
times.sort((a, b) => a - b);
const at = (share) => Number(times[Math.min(times.length - 1, Math.floor(share * times.length))]?.toFixed(3));
process.stdout.write(JSON.stringify({ p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1), sent: total, errors }));
