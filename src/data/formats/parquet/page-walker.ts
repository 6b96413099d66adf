import type { PageHeader } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { badFile, type FileBytes } from "../file-bytes.ts";
import type { ChunkLayout } from "./file-layout.ts";
import { ThriftEnd, thriftStructEnd } from "./thrift-bounds.ts";

/** A page of a column chunk: its header, and where its bytes lie in the file. */
export interface Page {
  readonly type: "dictionary" | "data" | "data2";
  /** Where its bytes start, after the header. */
  readonly position: number;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  /** Values with the missing ones; of a dictionary page, its entries. */
  readonly values: number;
  readonly encoding: string;
  /** Of a `data2` page: bytes of the repetition levels, of the definition levels behind them, and whether the values are compressed. */
  readonly repetitionBytes: number;
  readonly levelBytes: number;
  readonly compressed: boolean;
}

const FIRST_HEADER_BYTES = 1 << 9;
const MAX_HEADER_BYTES = 1 << 24;
/** No writer makes pages near this; a header that says more lies. */
const MAX_PAGE_BYTES = 1 << 28;
const MAX_PAGE_VALUES = 1 << 26;

const TYPES = { DICTIONARY_PAGE: "dictionary", DATA_PAGE: "data", DATA_PAGE_V2: "data2" } as const;

/**
 * Reads the header of the page that starts at `position`, without its bytes. Index pages are passed over.
 *
 * @throws KaaykoError of kind `input` where the header is damaged, or says what the chunk or sane limits cannot hold
 */
export function readPage(file: FileBytes, chunk: ChunkLayout, position: number): Page {
  for (let at = position; ; ) {
    if (at >= chunk.end) throw badFile(file.path, `${chunk.values} values must be in the pages of a column`, "fewer");
    const { header, end } = readHeader(file, at, chunk.end);
    const size = header.compressed_page_size;
    if (!(size >= 0 && end + size <= chunk.end)) {
      throw badFile(file.path, "a page must lie inside its column chunk", `${size} bytes at ${end}`);
    }
    if (header.type !== "INDEX_PAGE") return checkedPage(file, header, end);
    at = end + size;
  }
}

function readHeader(file: FileBytes, position: number, limit: number): { header: PageHeader; end: number } {
  for (let size = FIRST_HEADER_BYTES; ; size *= 32) {
    const bytes = new Uint8Array(Math.min(size, limit - position));
    file.read(bytes, position);
    try {
      const length = thriftStructEnd(bytes, 0);
      const header = parquetHeader({ view: new DataView(bytes.buffer, 0, length), offset: 0 });
      return { header, end: position + length };
    } catch (error) {
      const cut = error instanceof ThriftEnd && bytes.length === size && size < MAX_HEADER_BYTES;
      if (!cut) throw badFile(file.path, `a page must start at byte ${position}`, (error as Error).message, error);
    }
  }
}

function checkedPage(file: FileBytes, header: PageHeader, position: number): Page {
  const type = TYPES[header.type as keyof typeof TYPES];
  const { data_page_header: one, data_page_header_v2: two, dictionary_page_header: dictionary } = header;
  const details = { dictionary, data: one, data2: two }[type];
  if (details === undefined) throw badFile(file.path, `a page of a known type must be at byte ${position}`);
  const page: Page = {
    type,
    position,
    compressedBytes: header.compressed_page_size,
    uncompressedBytes: header.uncompressed_page_size,
    values: details.num_values,
    encoding: String(details.encoding),
    repetitionBytes: type === "data2" ? two!.repetition_levels_byte_length : 0,
    levelBytes: type === "data2" ? two!.definition_levels_byte_length : 0,
    compressed: type === "data2" ? two!.is_compressed !== false : true,
  };
  checkSizes(file, page);
  if (type === "data2") checkLevels(file, page);
  return page;
}

function checkSizes(file: FileBytes, page: Page): void {
  if (!(page.uncompressedBytes >= 0 && page.uncompressedBytes <= MAX_PAGE_BYTES)) {
    throw badFile(file.path, `a page may hold ${MAX_PAGE_BYTES} bytes at most`, String(page.uncompressedBytes));
  }
  if (!(page.values >= 0 && page.values <= MAX_PAGE_VALUES)) {
    throw badFile(file.path, `a page may hold ${MAX_PAGE_VALUES} values at most`, String(page.values));
  }
}

function checkLevels(file: FileBytes, { levelBytes, repetitionBytes, compressedBytes, uncompressedBytes }: Page): void {
  const inside = levelBytes + repetitionBytes <= Math.min(compressedBytes, uncompressedBytes);
  if (!(levelBytes >= 0 && repetitionBytes >= 0 && inside)) {
    throw badFile(file.path, "the levels of a page must lie inside it", `${levelBytes} and ${repetitionBytes} bytes`);
  }
}
