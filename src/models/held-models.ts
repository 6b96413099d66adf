/** A content in memory. */
interface Held<T> {
  readonly value: T;
  users: number;
  /** It goes once nobody uses it. */
  retired: boolean;
}

export interface HeldModelsOptions<T> {
  /** Contents at most. */
  readonly capacity: number;
  /** Bytes of contents at most. Default no limit. */
  readonly maxBytes?: number;
  /** Bytes of a content. Default 0. */
  readonly bytesOf?: (value: T) => number;
  /** Frees what nobody uses any more. */
  readonly dispose: (value: T) => Promise<void>;
  /** Told of a content that nobody uses any more and that is not held. */
  readonly onUnload?: (sha256: string) => void;
}

/**
 * What was made of models, by the hash of their content: equal models share one. Beyond its limits it lets go of those that were used
 * longest ago, never of the newest; one that is in use is disposed of behind the last use.
 */
export class HeldModels<T> {
  readonly #options: HeldModelsOptions<T>;
  /** The one that was used last at the end. */
  readonly #held = new Map<string, Held<T>>();

  constructor(options: HeldModelsOptions<T>) {
    this.#options = options;
  }

  /** What is held of a content, without using it. */
  peek(sha256: string): T | undefined {
    return this.#held.get(sha256)?.value;
  }

  /** The one that was used last at the end. */
  hashes(): string[] {
    return [...this.#held.keys()];
  }

  /** Takes in a content; one that is there already stays, and the new one is disposed of. Gives what is held. */
  async add(sha256: string, value: T): Promise<T> {
    const same = this.#held.get(sha256);
    if (same !== undefined && same.value !== value) await this.#options.dispose(value);
    const held = this.#held.get(sha256) ?? { value, users: 0, retired: false };
    this.#touch(sha256, held);
    this.#makeRoom(sha256);
    return held.value;
  }

  /** Keeps a content from being disposed of until the function that it gives is called; undefined where it is not held. */
  take(sha256: string): { readonly value: T; readonly release: () => void } | undefined {
    const held = this.#held.get(sha256);
    if (held === undefined) return undefined;
    this.#touch(sha256, held);
    held.users++;
    let isTaken = true;
    const release = (): void => {
      if (!isTaken) return;
      isTaken = false;
      held.users--;
      this.#sweep(sha256, held);
    };
    return { value: held.value, release };
  }

  /** Lets go of a content once nobody uses it. */
  retire(sha256: string): void {
    const held = this.#held.get(sha256);
    if (held === undefined) return;
    this.#held.delete(sha256);
    held.retired = true;
    this.#sweep(sha256, held);
  }

  /** Disposes of everything that is held, in use or not. */
  async close(): Promise<void> {
    const all = [...this.#held.values()];
    this.#held.clear();
    await Promise.all(all.map(({ value }) => this.#options.dispose(value)));
  }

  #touch(sha256: string, held: Held<T>): void {
    this.#held.delete(sha256);
    this.#held.set(sha256, held);
  }

  #makeRoom(newest: string): void {
    const { capacity, maxBytes = Number.POSITIVE_INFINITY, bytesOf = () => 0 } = this.#options;
    let bytes = 0;
    for (const { value } of this.#held.values()) bytes += bytesOf(value);
    for (const [sha256, { value }] of [...this.#held]) {
      if (this.#held.size <= capacity && bytes <= maxBytes) return;
      if (sha256 === newest) continue;
      bytes -= bytesOf(value);
      this.retire(sha256);
    }
  }

  #sweep(sha256: string, held: Held<T>): void {
    if (!held.retired || held.users > 0) return;
    held.retired = false;
    if (!this.#held.has(sha256)) this.#options.onUnload?.(sha256);
    void this.#options.dispose(held.value);
  }
}
