/** A lake or coast where paddlers go. Fixed for a seed. */
export interface Lake {
  readonly latitude: number;
  readonly longitude: number;
  readonly elevation: number;
  readonly region: number;
  readonly type: number;
  readonly size: number;
  readonly area: number;
  readonly depth: number;
  readonly shelter: number;
  /** How windy the place is against others, about 1. */
  readonly windiness: number;
}
