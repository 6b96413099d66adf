/** A whole number with its thousands apart: 2,434,601. */
export function formatCount(value: number): string {
  // Intl would do it too, but loads longer than a command that prints no number takes in all.
  const digits = Math.abs(value).toFixed(0);
  const sign = value < 0 && digits !== "0" ? "-" : "";
  return sign + digits.replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/**
 * A measured number in about five significant digits: `0.21346`, `46,312`, `1.2e-7`. Missing values are a dash.
 * Same digits in every locale.
 */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "-";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e15 || size < 1e-4) return value.toExponential(2);
  if (Number.isInteger(value) || size >= 10_000) return formatCount(value);
  if (size >= 1000) return trimmed(value.toFixed(1));
  if (size >= 100) return trimmed(value.toFixed(2));
  if (size >= 10) return trimmed(value.toFixed(3));
  return trimmed(size < 0.1 ? value.toPrecision(4) : value.toFixed(4));
}

/** A share of 1 as per cent: `12.3 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent >= 99.95) return `${percent.toFixed(0)} %`;
  if (percent < 0.1) return "< 0.1 %";
  return `${percent.toFixed(1)} %`;
}

/** Seconds for a person: `85 ms`, `3.2 s`, `4 min 05 s`, `2 h 10 min`, `3 d 4 h`. */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-";
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  if (whole < 86_400)
    return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** How long ago, in one unit: `now`, `40 s ago`, `5 min ago`, `3 h ago`, `2 d ago`. */
export function formatAge(seconds: number): string {
  if (seconds < 1) return "now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** Bytes in decimal units: `812 B`, `1.4 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** `1 row`, `2 batches`, `1,000 rows`. */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${count === 1 ? noun : pluralOf(noun)}`;
}

/** The plural of an English noun of the kind that counts steps. */
export function pluralOf(noun: string): string {
  return /(?:ch|sh|s|x)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

function trimmed(text: string): string {
  const short = text.replace(/\.?0+$/, "");
  return /^-?\d{4,}/.test(short) ? Number(short).toLocaleString("en-US", { maximumFractionDigits: 1 }) : short;
}
