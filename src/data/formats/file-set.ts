import { chunkFiles } from "./chunk-files.ts";
import { type SlotFiles, slotFiles } from "./slot-folder.ts";

/** Several files that one address stands for: texts in pieces, or slot filling's files. */
export type FileSet =
  | { readonly kind: "chunks"; readonly files: readonly string[] }
  | { readonly kind: "slots"; readonly files: SlotFiles };

/** The files that an address stands for together; null where it is no such address. */
export function fileSet(address: string): FileSet | null {
  const chunks = chunkFiles(address);
  if (chunks !== null) return { kind: "chunks", files: chunks };
  const slots = slotFiles(address);
  return slots === null ? null : { kind: "slots", files: slots };
}

/** The paths of a set. */
export function pathsOf(set: FileSet): readonly string[] {
  return set.kind === "chunks" ? set.files : Object.values(set.files);
}
