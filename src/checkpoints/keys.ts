import { checkName } from "../storage/index.ts";

/** Where each thing of a run is in a store. */
export const runKey = (runId: string): string => `${checkName(runId, "the name of a run")}/run.json`;
export const leaseKey = (runId: string, token: number): string => `${runId}/lease.${token}`;
export const beatKey = (runId: string, token: number): string => `${runId}/beat.${token}`;
export const manifestsKey = (runId: string): string => `${runId}/manifests`;
export const manifestKey = (runId: string, at: CheckpointName): string => `${manifestsKey(runId)}/${nameOf(at)}.json`;
export const blobsKey = (runId: string, token: number): string => `${runId}/blobs/${token}`;
export const blobKey = (runId: string, token: number, name: string): string => `${blobsKey(runId, token)}/${name}`;
export const quarantineKey = (runId: string, name: string): string => `${runId}/quarantine/${name}`;
export const pinsKey = (runId: string): string => `${runId}/pins`;
export const pinKey = (runId: string, at: CheckpointName): string => `${pinsKey(runId)}/${nameOf(at)}`;
export const eventsKey = (runId: string): string => `${runId}/events.jsonl`;
export const verifiedKey = (runId: string): string => `${runId}/verified.json`;

/** A checkpoint's name inside its run. Sequence 0 is the record that an owner writes when it takes the run over. */
export interface CheckpointName {
  readonly token: number;
  readonly sequence: number;
}

export function nameOf(at: CheckpointName): string {
  return `${at.token}-${at.sequence}`;
}

/** Undefined for a file that is no manifest. */
export function parseManifestName(name: string): CheckpointName | undefined {
  const match = /^([1-9]\d{0,14})-(0|[1-9]\d{0,14})\.json$/.exec(name);
  return match === null ? undefined : { token: Number(match[1]), sequence: Number(match[2]) };
}

/** The checkpoint that a pin's name says; undefined for other files. */
export function parsePinName(name: string): CheckpointName | undefined {
  return parseManifestName(`${name}.json`);
}

/** The token of a lease's name; undefined for other files. */
export function parseLeaseName(name: string): number | undefined {
  const match = /^lease\.([1-9]\d{0,14})$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** Orders from the newest to the oldest. */
export function newestFirst(a: CheckpointName, b: CheckpointName): number {
  return b.token - a.token || b.sequence - a.sequence;
}

/** Published first when a run is removed, so that a removal that was interrupted leaves no half of a run. */
export const DELETED = "deleted";
