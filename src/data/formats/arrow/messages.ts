import { Footer } from "apache-arrow/ipc/metadata/file";
import { Message } from "apache-arrow/ipc/metadata/message";
import { badFile, type FileBytes } from "../file-bytes.ts";
import { checkFlatBuffer } from "./flatbuffer-bounds.ts";
import { FOOTER, MESSAGE } from "./message-shape.ts";

/** A message of an Arrow file: where its head and its body lie. */
export interface MessageEntry {
  readonly type: "schema" | "dictionary" | "batch";
  readonly headStart: number;
  readonly bodyStart: number;
  readonly end: number;
  /** Of a record batch. */
  readonly rows: number;
  /** Its head, where that is not in the file. */
  readonly made?: Uint8Array;
}

/** "ARROW1" and two bytes of padding, which a file has before its messages and a stream has not. */
const MAGIC = "ARROW1";
const MAGIC_BYTES = 8;
const CONTINUATION = 0xffffffff;
const MAX_HEAD_BYTES = 1 << 28;
const MAX_BATCH_ROWS = 2 ** 31 - 1;
const MAX_EMPTY_ROWS = 1 << 24;
/** How much smaller compression can make a column that has one value throughout, for all that matters. */
const MAX_RATIO = 1 << 14;

/**
 * Lists the messages of a file or a stream, reading their heads only.
 *
 * @throws KaaykoError of kind `input` where the file is not Arrow, is cut off, or a message contradicts itself
 */
export function listMessages(file: FileBytes): MessageEntry[] {
  const entries: MessageEntry[] = [];
  const start = startOfMessages(file);
  let position = start;
  for (;;) {
    const head = nextHead(file, position);
    if (head === undefined) break;
    const entry = messageEntry(file, head.start, head.length);
    // Some writers put the schema of a file into its footer only.
    if (entries.length === 0 && entry.type !== "schema" && start > 0) entries.push(footerSchema(file, start));
    const isFirst = entries.length === 0;
    if ((entry.type === "schema") !== isFirst)
      throw badFile(file.path, "an Arrow file must have one schema, at its start");
    entries.push(entry);
    position = entry.end;
  }
  if (entries.length === 0 && start > 0) entries.push(footerSchema(file, start));
  if (entries.length === 0) throw badFile(file.path, "an Arrow file must start with a schema");
  return entries;
}

/** The schema in the footer of a file, as a message. The footer comes before its length (4 bytes) and ARROW1. */
function footerSchema(file: FileBytes, start: number): MessageEntry {
  const tail = Buffer.alloc(4);
  const end = file.bytes - MAGIC.length - tail.length;
  file.read(tail, Math.max(end, 0));
  const length = tail.readUInt32LE(0);
  if (length > Math.min(end - start, MAX_HEAD_BYTES))
    throw badFile(file.path, "its footer must lie inside it", `${length} bytes`);
  const footer = new Uint8Array(length);
  file.read(footer, end - length);
  try {
    checkFlatBuffer(footer, FOOTER);
    const made = Message.encode(Message.from(Footer.decode(footer).schema));
    return { type: "schema", headStart: start, bodyStart: start, end: start, rows: 0, made };
  } catch (error) {
    throw badFile(file.path, "its footer must be readable", (error as Error).message, error);
  }
}

function startOfMessages(file: FileBytes): number {
  if (file.bytes < MAGIC_BYTES) throw badFile(file.path, "an Arrow file has 8 bytes or more", String(file.bytes));
  const bytes = Buffer.alloc(MAGIC_BYTES);
  file.read(bytes, 0);
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) return 0;
  const tail = Buffer.alloc(MAGIC.length);
  if (file.bytes < MAGIC_BYTES + MAGIC.length) throw badFile(file.path, "an Arrow file must end in ARROW1");
  file.read(tail, file.bytes - MAGIC.length);
  if (tail.toString("latin1") !== MAGIC) throw badFile(file.path, "an Arrow file must end in ARROW1");
  return MAGIC_BYTES;
}

/** Where the head of the next message lies; undefined at the end. Before 2019 there was no mark before its length. */
function nextHead(file: FileBytes, position: number): { start: number; length: number } | undefined {
  if (position === file.bytes) return undefined;
  const prefix = Buffer.alloc(8);
  file.read(prefix.subarray(0, Math.min(8, file.bytes - position)), position);
  const marked = prefix.readUInt32LE(0) === CONTINUATION;
  const length = prefix.readUInt32LE(marked ? 4 : 0);
  if (length === 0) return undefined;
  const start = position + (marked ? 8 : 4);
  if (length > Math.min(file.bytes - start, MAX_HEAD_BYTES)) {
    throw badFile(file.path, "a message must lie inside the file", `${length} bytes at ${start}`);
  }
  return { start, length };
}

function messageEntry(file: FileBytes, headStart: number, length: number): MessageEntry {
  const bytes = new Uint8Array(length);
  file.read(bytes, headStart);
  try {
    checkFlatBuffer(bytes, MESSAGE);
    const message = Message.decode(bytes);
    const bodyStart = headStart + length;
    const { bodyLength } = message;
    if (!(bodyLength >= 0 && bodyLength <= file.bytes - bodyStart))
      throw new RangeError(`a body of ${bodyLength} bytes`);
    const entry = { headStart, bodyStart, end: bodyStart + bodyLength, rows: 0 };
    if (message.isSchema()) return { ...entry, type: "schema" };
    if (message.isDictionaryBatch()) {
      checkBuffers(message.header().data.buffers, bodyLength);
      return { ...entry, type: "dictionary" };
    }
    if (!message.isRecordBatch()) throw new RangeError("a message of an unknown type");
    checkBuffers(message.header().buffers, bodyLength);
    const rows = message.header().length;
    checkRows(rows, bodyLength, message.header().compression !== null);
    return { ...entry, type: "batch", rows };
  } catch (error) {
    throw badFile(file.path, `a message must be at byte ${headStart}`, (error as Error).message, error);
  }
}

/** A value takes a bit or more; only columns of nothing but nulls take none. */
function checkRows(rows: number, bodyLength: number, compressed: boolean): void {
  const most = bodyLength === 0 ? MAX_EMPTY_ROWS : bodyLength * 8 * (compressed ? MAX_RATIO : 1);
  if (!(rows >= 0 && rows <= Math.min(most, MAX_BATCH_ROWS)))
    throw new RangeError(`${rows} rows in ${bodyLength} bytes`);
}

function checkBuffers(buffers: readonly { readonly offset: number; readonly length: number }[], body: number): void {
  for (const { offset, length } of buffers) {
    if (!(offset >= 0 && length >= 0 && offset + length <= body)) throw new RangeError(`a buffer of ${length} bytes`);
  }
}

/** The bytes of messages as a stream, each read when it is asked for. */
export function* messageBytes(file: FileBytes, entries: Iterable<MessageEntry>): Generator<Uint8Array> {
  for (const { headStart, bodyStart, end, made } of entries) {
    const head = made ?? new Uint8Array(bodyStart - headStart);
    if (made === undefined) file.read(head, headStart);
    const prefix = Buffer.alloc(8);
    prefix.writeUInt32LE(CONTINUATION, 0);
    prefix.writeUInt32LE(head.length, 4);
    yield prefix;
    yield head;
    if (end === bodyStart) continue;
    const body = new Uint8Array(end - bodyStart);
    file.read(body, bodyStart);
    yield body;
  }
}
