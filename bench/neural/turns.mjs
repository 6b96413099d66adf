// Processes that stay and measure in turns, so that all sides see the same of what else runs on the machine.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts a process that prints one line once it is ready, and one of JSON after each turn. */
async function open({ command, args, env }) {
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  let problems = "";
  child.stderr.on("data", (text) => {
    problems = (problems + text).slice(-4000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${args.join(" ")} ended early\n${problems}`);
    return JSON.parse(value);
  };
  await answer();
  return {
    turn(seconds) {
      child.stdin.write(`${seconds}\n`);
      return answer();
    },
    close: () => child.stdin.end(),
  };
}

/**
 * @param sides name → what to start
 * @returns name → the answers of its turns
 */
export async function inTurns(sides, rounds, seconds) {
  const names = Object.keys(sides);
  const opened = [];
  try {
    for (const name of names) opened.push(await open(sides[name]));
    const seen = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++)
      for (const [i, name] of names.entries()) seen[name].push(await opened[i].turn(seconds));
    return seen;
  } finally {
    for (const one of opened) one.close();
  }
}
