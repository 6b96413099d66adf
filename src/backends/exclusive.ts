import { createRequire } from "node:module";

/** A lock that this process holds. */
export interface ExclusiveLock {
  /** Names a child that must be gone too before anybody else may own the lock; undefined takes the name away. */
  setHelper(pid: number | undefined): void;
  release(): void;
}

interface ExclusiveModule {
  acquire(folder: string, onWait: (holder: number) => void): Promise<ExclusiveLock>;
}

/**
 * Waits until this process alone owns a lock. An owner that died is noticed by its process id and start time. The launcher
 * needs the same lock before anything is built, so it lives there.
 *
 * @param folder where the claims are kept; made if missing
 * @param onWait told once which process holds it
 */
export function acquireExclusive(folder: string, onWait: (holder: number) => void): Promise<ExclusiveLock> {
  const module = createRequire(import.meta.url)("../../bin/exclusive.js") as ExclusiveModule;
  return module.acquire(folder, onWait);
}
