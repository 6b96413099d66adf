import { constants } from "node:fs";
import { basename, dirname } from "node:path";
import type { RandomStream } from "../../src/core/index.ts";
import type { EntryKind, FileSystem, OpenFile } from "../../src/storage/index.ts";

/**
 * A disk in memory that knows what a power cut would leave. What was written but not synced may be there, be missing, or be
 * there in part (torn at 512 bytes); names that were made, moved or removed since their folder was last synced may each be
 * as before or as after, but every single operation is atomic.
 */
export interface SimulatedDisk extends FileSystem {
  /** The disk as the next process finds it after a kill: everything that was written is there. */
  afterKill(): SimulatedDisk;
  /** The disk after a power cut. */
  afterPowerLoss(random: RandomStream): SimulatedDisk;
  /** Every file with its content, by path. */
  files(): Map<string, Uint8Array>;
  /** Puts a file there as if it had always been. */
  plant(path: string, content: Uint8Array | string): void;
}

interface FileNode {
  readonly kind: "file";
  content: Uint8Array;
  synced: Uint8Array;
}

interface FolderNode {
  readonly kind: "folder";
  readonly entries: Map<string, Node>;
  synced: Map<string, Node>;
  /** Operations since the last sync, in order. */
  journal: ((entries: Map<string, Node>) => void)[];
}

type Node = FileNode | FolderNode;

const SECTOR = 512;

export function simulatedDisk(root: FolderNode = newFolder()): SimulatedDisk {
  const find = (path: string): Node | undefined => {
    let node: Node = root;
    for (const part of path.split("/").filter((part) => part !== "")) {
      if (node.kind !== "folder") throw failure("ENOTDIR", path);
      const next = node.entries.get(part);
      if (next === undefined) return undefined;
      node = next;
    }
    return node;
  };
  const folderAt = (path: string): FolderNode => {
    const node = find(path);
    if (node === undefined) throw failure("ENOENT", path);
    if (node.kind !== "folder") throw failure("ENOTDIR", path);
    return node;
  };
  const change = (folder: FolderNode, operation: (entries: Map<string, Node>) => void): void => {
    operation(folder.entries);
    folder.journal.push(operation);
  };
  const put = (path: string, node: Node): void =>
    change(folderAt(dirname(path)), (entries) => void entries.set(basename(path), node));
  return {
    async open(path, flags) {
      let node = find(path);
      const creates = (flags & constants.O_CREAT) !== 0;
      if (node !== undefined && creates && (flags & constants.O_EXCL) !== 0) throw failure("EEXIST", path);
      if (node === undefined) {
        if (!creates) throw failure("ENOENT", path);
        node = { kind: "file", content: new Uint8Array(), synced: new Uint8Array() };
        put(path, node);
      }
      if (node.kind === "file" && (flags & constants.O_TRUNC) !== 0) node.content = new Uint8Array();
      return openNode(node, (flags & constants.O_APPEND) !== 0);
    },
    async makeFolder(path) {
      if (find(path) !== undefined) throw failure("EEXIST", path);
      put(path, newFolder());
    },
    async link(existing, path) {
      const node = find(existing);
      if (node === undefined) throw failure("ENOENT", existing);
      if (find(path) !== undefined) throw failure("EEXIST", path);
      put(path, node);
    },
    async rename(from, to) {
      const node = find(from);
      if (node === undefined) throw failure("ENOENT", from);
      const target = find(to);
      if (target?.kind === "folder" && target.entries.size > 0) throw failure("ENOTEMPTY", to);
      const source = folderAt(dirname(from));
      const sink = folderAt(dirname(to));
      if (source === sink)
        change(source, (entries) => {
          entries.delete(basename(from));
          entries.set(basename(to), node);
        });
      else {
        change(sink, (entries) => void entries.set(basename(to), node));
        change(source, (entries) => void entries.delete(basename(from)));
      }
    },
    async unlink(path) {
      if (find(path) === undefined) throw failure("ENOENT", path);
      change(folderAt(dirname(path)), (entries) => void entries.delete(basename(path)));
    },
    async removeFolder(path) {
      if (folderAt(path).entries.size > 0) throw failure("ENOTEMPTY", path);
      change(folderAt(dirname(path)), (entries) => void entries.delete(basename(path)));
    },
    async list(path) {
      return [...folderAt(path).entries].map(([name, node]) => ({ name, kind: node.kind }));
    },
    async status(path) {
      const node = find(path);
      if (node === undefined) throw failure("ENOENT", path);
      return statusOf(node);
    },
    afterKill: () => simulatedDisk(copyOf(root, new Map()) as FolderNode),
    afterPowerLoss: (random) => simulatedDisk(survivorOf(root, random, new Map()) as FolderNode),
    files: () => new Map(filesBelow(root, "")),
    plant(path, content) {
      let folder = root;
      for (const part of dirname(path)
        .split("/")
        .filter((part) => part !== "")) {
        const next = folder.entries.get(part) ?? newFolder();
        folder.entries.set(part, next);
        folder.synced.set(part, next);
        folder = next as FolderNode;
      }
      const bytes = Buffer.from(content);
      const node: FileNode = { kind: "file", content: bytes, synced: bytes };
      folder.entries.set(basename(path), node);
      folder.synced.set(basename(path), node);
    },
  };
}

function newFolder(): FolderNode {
  return { kind: "folder", entries: new Map(), synced: new Map(), journal: [] };
}

function openNode(node: Node, appends: boolean): OpenFile {
  let at = 0;
  return {
    async write(bytes, offset, length) {
      if (node.kind !== "file") throw failure("EISDIR", "write");
      if (appends) at = node.content.length;
      const grown = new Uint8Array(Math.max(node.content.length, at + length));
      grown.set(node.content);
      grown.set(bytes.subarray(offset, offset + length), at);
      node.content = grown;
      at += length;
      return length;
    },
    async read(bytes, offset, length) {
      if (node.kind !== "file") throw failure("EISDIR", "read");
      const piece = node.content.subarray(at, at + length);
      bytes.set(piece, offset);
      at += piece.length;
      return piece.length;
    },
    status: async () => statusOf(node),
    async sync() {
      if (node.kind === "file") node.synced = node.content;
      else {
        node.synced = new Map(node.entries);
        node.journal = [];
      }
    },
    close: async () => undefined,
  };
}

function statusOf(node: Node): { kind: EntryKind; size: number } {
  return { kind: node.kind, size: node.kind === "file" ? node.content.length : 0 };
}

function copyOf(node: Node, seen: Map<Node, Node>): Node {
  const before = seen.get(node);
  if (before !== undefined) return before;
  if (node.kind === "file") {
    const copy: FileNode = { kind: "file", content: node.content, synced: node.synced };
    seen.set(node, copy);
    return copy;
  }
  const copy = newFolder();
  seen.set(node, copy);
  for (const [name, child] of node.entries) copy.entries.set(name, copyOf(child, seen));
  for (const [name, child] of node.synced) copy.synced.set(name, copyOf(child, seen));
  return copy;
}

function survivorOf(node: Node, random: RandomStream, seen: Map<Node, Node>): Node {
  const before = seen.get(node);
  if (before !== undefined) return before;
  if (node.kind === "file") {
    const content = node.content === node.synced ? node.synced : torn(node.synced, node.content, random);
    const file: FileNode = { kind: "file", content, synced: content };
    seen.set(node, file);
    return file;
  }
  const folder = newFolder();
  seen.set(node, folder);
  const entries = new Map(node.synced);
  for (const operation of node.journal) if (random.float() < 0.5) operation(entries);
  for (const [name, child] of entries) {
    const survivor = survivorOf(child, random, seen);
    folder.entries.set(name, survivor);
    folder.synced.set(name, survivor);
  }
  return folder;
}

/** Old, new, or sector by sector one of the two, with either length. */
function torn(synced: Uint8Array, content: Uint8Array, random: RandomStream): Uint8Array {
  const choice = random.float();
  if (choice < 0.3) return synced;
  if (choice < 0.5) return content;
  const length = random.float() < 0.5 ? content.length : Math.floor(random.float() * (content.length + 1));
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += SECTOR) {
    const source = random.float() < 0.5 ? synced : content;
    bytes.set(source.subarray(at, Math.min(at + SECTOR, length)), at);
  }
  return bytes;
}

function* filesBelow(folder: FolderNode, path: string): Generator<[string, Uint8Array]> {
  for (const [name, node] of folder.entries) {
    if (node.kind === "file") yield [`${path}/${name}`, node.content];
    else yield* filesBelow(node, `${path}/${name}`);
  }
}

export function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
