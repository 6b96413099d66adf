const SAMPLE_MS = 50;

/** Time and memory of a stage, over all processes that worked on it. Metadata: decides nothing. */
export class StageClock {
  readonly #began = performance.now();
  readonly #secondsBefore: number;
  #peak: number;
  #sampled = Number.NEGATIVE_INFINITY;

  constructor(before?: { readonly seconds: number; readonly peakRssBytes: number }) {
    this.#secondsBefore = before?.seconds ?? 0;
    this.#peak = before?.peakRssBytes ?? 0;
    this.sample();
  }

  /** Notes how much memory is resident now; cheap, asked after every step. */
  sample(): void {
    const now = performance.now();
    if (now - this.#sampled < SAMPLE_MS) return;
    this.#sampled = now;
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss());
  }

  read(): { seconds: number; peakRssBytes: number } {
    return { seconds: this.#secondsBefore + (performance.now() - this.#began) / 1000, peakRssBytes: this.#peak };
  }
}
