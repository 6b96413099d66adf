export { type StorageAbilities, storageAbilities } from "./abilities.ts";
export { type AppendOptions, appendLine, appendText } from "./append-lines.ts";
export { explainDiskError, withDiskErrors } from "./disk-errors.ts";
export { type EntryKind, type FileSystem, nodeFileSystem, type OpenFile } from "./file-system.ts";
export { ensureFolder, removeFolder } from "./folders.ts";
export { ownedTemporary, removeAbandoned } from "./owned-temporary.ts";
export { openPartialFile, type PartialFile, partialPath, removePartialFile } from "./partial-file.ts";
export {
  fateOf,
  identityOf,
  isProcessIdentity,
  ownProcess,
  type ProcessIdentity,
} from "./process-identity.ts";
export { publishFolder, reserveName } from "./publish-folder.ts";
export { readFileCapped } from "./read-file.ts";
export { checkName, checkNoLinks, isSafeName, pathOfKey } from "./safe-path.ts";
export { damaged, seal, unseal } from "./sealed-json.ts";
export { createStreamedFile, type StreamedFile } from "./streamed-file.ts";
export { removeFile, syncFolder } from "./system-calls.ts";
export { type Content, overwriteFile, publishExclusive, writeAndRename, writeFileAtomic } from "./write-file.ts";
