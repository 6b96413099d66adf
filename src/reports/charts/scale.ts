/** From numbers to places, with ticks at round numbers. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  at(value: number): number;
  /** A tick as text, with as many decimals as tell the ticks apart. */
  format(value: number): string;
}

/**
 * A linear scale.
 *
 * @param domain lowest and highest value; equal ones are moved apart, and 0 to 1 stands in for what no number can span
 * @param range the places of the two
 * @param count ticks that would be good
 * @param options.nice widen the domain to ticks. Default false
 * @param options.whole ticks at whole numbers only. Default false
 */
export function linearScale(
  domain: readonly [number, number],
  range: readonly [number, number],
  count: number,
  { nice = false, whole = false }: { readonly nice?: boolean; readonly whole?: boolean } = {},
): Scale {
  let [low, high] = spanned(domain);
  const step = Math.max(whole ? 1 : 0, tickStep(high - low, count));
  if (nice) [low, high] = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const ticks = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => clean((first + i) * step, step));
  const slope = (range[1] - range[0]) / (high - low);
  return {
    low,
    high,
    ticks,
    at: (value) => range[0] + (value - low) * slope,
    format: (value) => tickText(value, step),
  };
}

function spanned([low, high]: readonly [number, number]): readonly [number, number] {
  if (!Number.isFinite(high - low)) return [0, 1];
  if (low < high) return [low, high];
  // Far from zero a half is less than the numbers' own distance.
  const margin = Math.max(0.5, Math.abs(low) * 1e-6);
  return [low - margin, low + margin];
}

/** 1, 2 or 5 times a power of ten. */
function tickStep(span: number, count: number): number {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const share = rough / power;
  return power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
}

/** Without the noise of binary fractions. */
function clean(value: number, step: number): number {
  const digits = Math.min(20, Math.max(0, 2 - Math.floor(Math.log10(step))));
  return Number(value.toFixed(digits));
}

const UNITS: readonly (readonly [number, string])[] = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** `0.25`, `40`, `12k`, `1.5M`, `2e-7`. */
export function tickText(value: number, step: number): string {
  if (value === 0) return "0";
  const size = Math.max(Math.abs(value), step);
  if (size >= 1e13 || step < 1e-5) return value.toExponential(Math.abs(value) >= 10 * step ? 1 : 0);
  const unit = size >= 10_000 ? UNITS.find(([from]) => size >= from) : undefined;
  const [factor, name] = unit ?? [1, ""];
  const decimals = Math.max(0, -Math.floor(Math.log10(step / factor) + 1e-9));
  return `${(value / factor).toFixed(Math.min(decimals, 10))}${name}`.replace("-", "−");
}
