import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const MODULE = fileURLToPath(new URL("../../dist/parallel/hold-young-space.js", import.meta.url));

/** Makes objects of which many survive, and says how large the room for new ones is: held, held by one of two, and let go. */
const PROGRAM = `
  import { getHeapSpaceStatistics } from "node:v8";
  import { holdYoungSpace } from ${JSON.stringify(MODULE)};
  const room = () => getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size;
  const kept = new Array(50_000);
  const churn = () => {
    for (let i = 0; i < 300_000; i++) kept[i % kept.length] = { i, half: i / 2 };
    return room();
  };
  const [first, second] = [holdYoungSpace(), holdYoungSpace()];
  const held = churn();
  first();
  first();
  const heldStill = churn();
  second();
  console.log(JSON.stringify({ held, heldStill, after: churn() }));
`;

it("keeps the room for new objects as large as it is while somebody holds it", () => {
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", PROGRAM], { encoding: "utf8" });
  const { held, heldStill, after } = JSON.parse(stdout);
  expect(heldStill).toBe(held);
  expect(after).toBeGreaterThan(2 * held);
});
