import { KaaykoError } from "../core/index.ts";
import { collectGarbage } from "../parallel/index.ts";

const PAGE = 65_536;
/** From this size on, memories of earlier trainings are given back first. */
const LARGE = 32 * 2 ** 20;
const MAX_BYTES = 65_536 * PAGE;

/**
 * Lays areas out in a WebAssembly memory that is created once they are all known. Pages that nobody touches cost nothing, so areas
 * are planned for the most that may be needed.
 */
export class MemoryPlan {
  // The first page is left to the kernels' own constants.
  #top = PAGE;

  /** Reserves bytes at a multiple of 64. Returns their address. */
  reserve(bytes: number): number {
    const address = this.#top;
    this.#top = Math.ceil((this.#top + bytes) / 64) * 64;
    return address;
  }

  get bytes(): number {
    return this.#top;
  }

  /**
   * Creates the memory.
   *
   * @param rows what the plan was made for, so that an error can say how many would fit
   * @param action what the memory is for, as an error names it. Default training trees
   * @throws KaaykoError where the plan needs over 4 GiB or the system refuses
   */
  create(rows: number, action = "train trees in memory"): WebAssembly.Memory {
    if (this.#top > MAX_BYTES)
      throw this.#refusal(action, rows, MAX_BYTES, "4 GiB is the limit of one training memory");
    const pages = Math.ceil((this.#top + 64) / PAGE);
    if (this.#top >= LARGE) collectGarbage();
    try {
      return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    } catch {
      throw this.#refusal(action, rows, this.#top / 2, "the system must have the memory");
    }
  }

  #refusal(action: string, rows: number, bytes: number, rule: string): KaaykoError {
    const fit = Math.floor((rows * bytes) / this.#top / 1000) * 1000;
    const needed = `${(this.#top / 2 ** 30).toFixed(1)} GiB for ${rows} rows`;
    return new KaaykoError({
      action,
      rule,
      got: needed,
      kind: "input",
      remedy: `About ${Math.max(1000, fit)} rows would fit: use --sample-size ${Math.max(1000, fit)}.`,
    });
  }
}
