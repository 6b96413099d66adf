import { stat } from "node:fs/promises";
import { kindFor, type OpenOptions, type SourceDescription, type TableSource } from "../../../core/index.ts";
import { LineTableReader } from "../text/index.ts";
import { openTextFile } from "../text/open-text-file.ts";
import { inputError } from "../text/problems.ts";
import { describeColumns, type LibsvmScan, MAX_FEATURES, QUERY, scanLibsvm, TARGET } from "./scan.ts";
import { SparseColumns, type SparsePlan } from "./sparse-columns.ts";

/**
 * A table in LIBSVM format (also SVMlight's, and XGBoost's and LightGBM's text input): `target qid:group index:value …`, `#` starts a
 * comment. Columns: `target`, `qid` where any row has one, and features named after their index: from `f0` on where index 0
 * occurs, else from `f1` on, to the largest index. `open` also takes features beyond it, such as those that only the training file had.
 *
 * An entry that is absent is 0, as the format's definition says (SVMlight, LIBSVM and LightGBM read it so). XGBoost reads it as
 * missing; for trees both give the same splits where values are not negative, but a network that fills gaps with the mean would
 * turn every one-hot feature into a constant. `index:nan` is missing.
 *
 * @throws KaaykoError of kind `input`, with the line number, from `describe` and `open`
 */
export async function openLibsvm(path: string): Promise<TableSource> {
  const { file } = await openTextFile(path);
  await file.close();
  let known: LibsvmScan | undefined;
  const scan = async (): Promise<LibsvmScan> => {
    const now = await stat(path);
    if (known?.bytes !== now.size || known.modified !== now.mtimeMs) known = await scanLibsvm(path);
    return known;
  };
  return {
    format: "libsvm",
    path,
    describe: async (): Promise<SourceDescription> => {
      const scanned = await scan();
      return { columns: describeColumns(scanned), rows: scanned.rows, bytes: scanned.bytes, unreadable: [] };
    },
    open: async (options = {}) => {
      const scanned = await scan();
      const columns = planColumns(path, scanned, options);
      const keepRows = options.retain ? scanned.rows : undefined;
      return new LineTableReader(
        path,
        scanned.rows,
        scanned.start,
        () => new SparseColumns(columns, keepRows),
        options,
      );
    },
  };
}

function planColumns(path: string, scan: LibsvmScan, { columns, kinds = {} }: OpenOptions): SparsePlan[] {
  const names = columns ?? describeColumns(scan).map(({ name }) => name);
  return names.map((name) => {
    const index = name === "target" ? TARGET : name === "qid" ? QUERY : featureIndex(name);
    if (index === undefined || (index === QUERY && !scan.hasQuery))
      throw inputError(path, "a column must be in the file", JSON.stringify(name), "It has target, qid and f1, f2, …");
    return { name, kind: kindFor(name, kinds) ?? "numeric", index, double: scan.wide.has(index) };
  });
}

function featureIndex(name: string): number | undefined {
  const index = /^f(0|[1-9]\d{0,6})$/.exec(name)?.[1];
  return index === undefined || Number(index) > MAX_FEATURES ? undefined : Number(index);
}
