import { exp, type RandomStream, randomStream } from "../../core/index.ts";

export interface RoadOptions {
  readonly steps: number;
  readonly sensors: number;
  readonly stepsADay: number;
  readonly seed: number;
}

/** A made-up road. Flows by sensor, NaN where the reading failed. */
export interface Road {
  readonly times: Float64Array;
  readonly flows: readonly Float64Array[];
  /** Millimetres an hour. */
  readonly rain: Float64Array;
  /** 1 on a holiday. */
  readonly holiday: Float64Array;
}

/** Monday, 1 January 2024. */
const START = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;
/** Hours of the two rushes, their spread, and their share of the day's height, on working days. */
const RUSHES = [
  { hour: 8, spread: 1.4, height: 0.85 },
  { hour: 17.2, spread: 2, height: 1 },
];
const MIDDAY = { hour: 13, spread: 4.5, height: 0.55 };
const NIGHT = 0.06;
/** Incidents a day and sensor; readings that fail, alone and in stretches. */
const INCIDENTS_A_DAY = 0.25;
const FAILED = 0.004;
const FAILURES_A_DAY = 0.05;

/**
 * Draws flows with a daily and weekly pattern, two rushes on working days, rain and holidays that thin the traffic out, incidents that
 * move down the road, slow drifts, noise that grows with the flow, and failed readings.
 */
export function drawRoad({ steps, sensors, stepsADay, seed }: RoadOptions): Road {
  const times = Float64Array.from({ length: steps }, (_, step) => START + (step * DAY) / stepsADay);
  const days = Math.ceil(steps / stepsADay);
  const rain = drawRain(steps, stepsADay, randomStream(seed, "highway", "rain"));
  const free = randomStream(seed, "highway", "holidays");
  const isHoliday = Array.from({ length: days }, (_, day) => (day % 7 < 5 && free.float() < 0.05 ? 1 : 0));
  const holiday = times.map((_, step) => isHoliday[Math.floor(step / stepsADay)]!);
  const incidents = drawIncidents(steps, stepsADay, randomStream(seed, "highway", "incidents"));
  const flows = Array.from({ length: sensors }, (_, sensor) =>
    drawFlow({ stepsADay, rain, holiday, incidents, sensor }, randomStream(seed, "highway", "sensor", sensor)),
  );
  return { times, flows, rain, holiday };
}

function drawRain(steps: number, stepsADay: number, random: RandomStream): Float64Array {
  const rain = new Float64Array(steps);
  for (let step = 0; step < steps; step++) {
    const before = step === 0 ? 0 : rain[step - 1]!;
    const begins = random.float() < 1 / stepsADay ? 2 + 4 * random.float() : 0;
    rain[step] = before > 0.2 ? before * (0.96 + 0.06 * random.float()) : begins;
  }
  return rain.map((value) => Math.round(10 * Math.min(12, value)) / 10);
}

/** What incidents take of the flow at each step, at the first sensor. */
function drawIncidents(steps: number, stepsADay: number, random: RandomStream): Float64Array {
  const taken = new Float64Array(steps);
  for (let step = 0; step < steps; step++) {
    if (random.float() >= INCIDENTS_A_DAY / stepsADay) continue;
    const length = Math.round(stepsADay * (0.01 + 0.05 * random.float()));
    const depth = 0.3 + 0.5 * random.float();
    for (let k = 0; k < length && step + k < steps; k++)
      taken[step + k] = Math.max(taken[step + k]!, depth * (1 - k / length));
  }
  return taken;
}

interface Circumstances {
  readonly stepsADay: number;
  readonly rain: Float64Array;
  readonly holiday: Float64Array;
  readonly incidents: Float64Array;
  readonly sensor: number;
}

function drawFlow({ stepsADay, rain, holiday, incidents, sensor }: Circumstances, random: RandomStream): Float64Array {
  const capacity = 90 + 60 * random.float();
  const balance = 0.8 + 0.4 * random.float();
  const flow = new Float64Array(rain.length);
  let drift = 0;
  let failing = 0;
  for (let step = 0; step < flow.length; step++) {
    drift = 0.97 * drift + 0.012 * random.normal();
    const works = Math.floor(step / stepsADay) % 7 < 5 && holiday[step] === 0;
    const share = pattern((24 * (step % stepsADay)) / stepsADay, works, balance);
    // An incident is felt two steps later at each sensor further down.
    const taken = incidents[Math.max(0, step - 2 * sensor)]!;
    const mean = capacity * share * (1 + drift) * (1 - taken) * (1 - 0.02 * Math.min(6, rain[step]!));
    const value = Math.max(0, Math.round(mean + Math.sqrt(Math.max(1, mean)) * random.normal()));
    if (failing === 0 && random.float() < FAILURES_A_DAY / stepsADay) failing = 6 + random.integer(30);
    if (failing > 0) failing--;
    flow[step] = failing > 0 || random.float() < FAILED ? Number.NaN : value;
  }
  return flow;
}

function pattern(hour: number, works: boolean, balance: number): number {
  const bump = ({ hour: at, spread, height }: typeof MIDDAY) => height * exp(-(((hour - at) / spread) ** 2) / 2);
  if (!works) return NIGHT + 1.2 * bump(MIDDAY);
  return NIGHT + 0.5 * bump(MIDDAY) + bump(RUSHES[0]!) / balance + bump(RUSHES[1]!) * balance;
}
