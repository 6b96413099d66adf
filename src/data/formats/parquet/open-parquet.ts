import type { SourceDescription, TableSource } from "../../../core/source.ts";
import { openFileBytes } from "../file-bytes.ts";
import type { FileLayout } from "./file-layout.ts";
import { readFooter } from "./footer.ts";

/**
 * A Parquet file as a table: its flat columns and its lists of plain values, decoded page by page. Other nested, encrypted and
 * unsupported columns are named in `describe().unreadable` and left out.
 *
 * Numbers become float32, float64 where the statistics show what float32 would lose (see `neededArray`); dates, times and
 * timestamps become milliseconds; decimals become numbers; strings become codes, lists strings
 * (their JSON), and numbers that the metadata of Hugging Face's `datasets` have names for these names. Without `retain` each batch has a dictionary
 * of its own; with it there is one for the whole table.
 *
 * @throws KaaykoError of kind `input` where the file is missing, damaged or encrypted; pages are checked when they are read
 */
export async function openParquet(path: string): Promise<TableSource> {
  const layout = readLayout(path);
  const description: SourceDescription = {
    columns: layout.columns.map((column) => column.schema),
    rows: layout.rows,
    bytes: layout.bytes,
    unreadable: layout.unreadable,
  };
  return {
    format: "parquet",
    path,
    describe: async () => description,
    async open(options = {}) {
      const { openBatches } = await import("./batch-reader.ts");
      const file = openFileBytes(path);
      try {
        return openBatches(file, layout, options);
      } catch (error) {
        file.close();
        throw error;
      }
    },
  };
}

function readLayout(path: string): FileLayout {
  const file = openFileBytes(path);
  try {
    return readFooter(file);
  } finally {
    file.close();
  }
}
