// Made-up speeds of many sensors, in the form of the METR-LA table: a column of times without a name and one for each of 207 sensors,
// 34,272 steps of five minutes, 0 where a reading failed. Jams begin at bottlenecks and move up the road, so that sensors further down
// tell what comes.
import { randomStream } from "../../dist/core/index.js";

const START = Date.UTC(2012, 2, 1);
const STEPS_A_DAY = 288;
const SENSORS_A_ROAD = 23;
/** Of 5 minutes each: how fast a jam follows its causes, and how much of it comes from the next sensor down the road. */
const FOLLOWS = 0.22;
const FROM_BELOW = 1.5;
/** Whole-network failures and those of a sensor a day, and incidents a day and road. */
const NETWORK_FAILURES = 0.12;
const SENSOR_FAILURES = 0.35;
const INCIDENTS = 1.2;

/** Names, times and speeds (a Float64Array a sensor, 0 where a reading failed). */
export function drawSpeeds({ sensors = 207, steps = 34_272, seed = 1 } = {}) {
  const random = randomStream(seed, "speeds");
  const failing = drawNetworkFailures(steps, random);
  const names = Array.from({ length: sensors }, (_, i) => String(717_445 + 271 * i));
  const speeds = names.map(() => new Float64Array(steps));
  for (let first = 0; first < sensors; first += SENSORS_A_ROAD)
    drawRoad(speeds.slice(first, first + SENSORS_A_ROAD), random);
  for (const speed of speeds) fail(speed, failing, random);
  const times = Float64Array.from({ length: steps }, (_, step) => START + step * 300_000);
  return { names, times, speeds };
}

function drawNetworkFailures(steps, random) {
  const failing = new Uint8Array(steps);
  for (let step = 0; step < steps; step++)
    if (random.float() < NETWORK_FAILURES / STEPS_A_DAY) failing.fill(1, step, step + 6 + random.integer(90));
  return failing;
}

/** Speeds of the sensors of one road, the last one furthest down. */
function drawRoad(speeds, random) {
  const free = speeds.map(() => 58 + 10 * random.float());
  const capacity = speeds.map(() => 0.68 + 0.5 * random.float());
  const morning = random.float();
  const jam = new Float64Array(speeds.length + 1);
  const incident = new Float64Array(speeds.length);
  let drift = 0;
  for (let step = 0; step < speeds[0].length; step++) {
    drift = 0.985 * drift + 0.045 * random.normal();
    const demand = demandAt(step, morning) * (1 + drift);
    if (random.float() < INCIDENTS / STEPS_A_DAY) incident[random.integer(speeds.length)] = 0.6 + 0.6 * random.float();
    speeds.forEach((speed, sensor) => {
      incident[sensor] *= 0.95;
      const pressure =
        9 * (demand - capacity[sensor]) + FROM_BELOW * 3 * (jam[sensor + 1] - 0.35) + 6 * incident[sensor];
      const drawn = 1 / (1 + Math.exp(-pressure));
      jam[sensor] += FOLLOWS * (drawn - jam[sensor]) + 0.03 * random.normal();
      jam[sensor] = Math.min(1, Math.max(0, jam[sensor]));
      const noise = (1.8 + 7 * jam[sensor] * (1 - jam[sensor])) * random.normal();
      speed[step] = Math.min(70, Math.max(1, Math.round(9 * (free[sensor] * (1 - 0.72 * jam[sensor]) + noise)) / 9));
    });
  }
}

/** Demand of a time of the week, 0 to about 1.1. */
function demandAt(step, morning) {
  const hour = (24 * (step % STEPS_A_DAY)) / STEPS_A_DAY;
  // 1 March 2012 is a Thursday.
  const weekday = (Math.floor(step / STEPS_A_DAY) + 3) % 7;
  const bump = (at, spread, height) => height * Math.exp(-(((hour - at) / spread) ** 2) / 2);
  if (weekday >= 5) return 0.12 + bump(14, 4, 0.75);
  return 0.12 + bump(8, 1.4, 0.5 + 0.5 * morning) + bump(13, 4, 0.3) + bump(17.3, 1.9, 0.95 - 0.4 * morning);
}

function fail(speed, failing, random) {
  for (let step = 0; step < speed.length; step++)
    if (random.float() < SENSOR_FAILURES / STEPS_A_DAY) speed.fill(0, step, step + 1 + random.integer(90));
  failing.forEach((fails, step) => {
    if (fails === 1) speed[step] = 0;
  });
}
