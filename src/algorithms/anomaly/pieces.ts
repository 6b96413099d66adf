import { KaaykoError, type State } from "../../core/index.ts";
import type { Detector } from "./detector.ts";

/** Pieces one behind the other, and where each ends. */
export function packPieces(pieces: readonly Float64Array[]): { pieces: Float64Array; ends: Float64Array } {
  const ends = new Float64Array(pieces.length);
  let length = 0;
  pieces.forEach((piece, i) => {
    length += piece.length;
    ends[i] = length;
  });
  const all = new Float64Array(length);
  pieces.forEach((piece, i) => {
    all.set(piece, ends[i]! - piece.length);
  });
  return { pieces: all, ends };
}

/**
 * @param detectorOf whose piece each is
 * @throws KaaykoError (damaged) for arrays that hold no such pieces
 */
export function unpackPieces(
  { pieces, ends }: State["arrays"],
  detectorOf: (piece: number) => Detector | undefined,
  features: number,
): Float64Array[] {
  if (!(pieces instanceof Float64Array && ends instanceof Float64Array)) throw notWhole();
  let start = 0;
  const found = Array.from(ends, (end, at) => {
    const piece = end >= start && end <= pieces.length ? pieces.subarray(start, end) : new Float64Array(0);
    start = end;
    if (detectorOf(at)?.isPiece(piece, features) !== true) throw notWhole();
    return piece;
  });
  if (start !== pieces.length) throw notWhole();
  return found;
}

export function notWhole(): KaaykoError {
  return new KaaykoError({
    action: "use what finds anomalies",
    rule: "what it learnt must be whole",
    remedy: "Train it again, or take an intact copy.",
    kind: "damaged",
  });
}
