import type { Table, TableSource } from "../../../core/index.ts";
import { deferredSource } from "../memory/deferred-source.ts";
import { codeOf, createStringCoder, type StringCoder } from "../string-coder.ts";
import { openTextFile } from "../text/open-text-file.ts";
import { inputError } from "../text/problems.ts";
import { readLines } from "../text/read-lines.ts";

const LABEL = /(?<!\S)__label__(\S+)/g;

interface LabelledText {
  readonly labels: readonly string[];
  readonly text: string;
}

/**
 * A file of fastText's form as a table: on each line a text and, wherever they stand in it, words that begin with `__label__`. The
 * columns are `text` and `label`, or `labels` (lists, as JSON) where any text has several or none. It is read as a whole when it is
 * first asked for anything.
 *
 * @throws KaaykoError (input) where the file is missing or no text
 */
export async function openFastText(path: string): Promise<TableSource> {
  const { file, bytes } = await openTextFile(path);
  await file.close();
  const read = async () => tableOf(await readTexts(path), path);
  return deferredSource({ format: "fasttext", path, bytes, physical: "fastText", read });
}

function tableOf(lines: readonly LabelledText[], path: string): Table {
  if (lines.length === 0) throw inputError(path, "it must hold texts", "none", "Check how it was written.");
  const single = lines.every(({ labels }) => labels.length === 1);
  const texts = createStringCoder();
  const labels = createStringCoder();
  const textCodes = Uint32Array.from(lines, ({ text }) => coded(texts, text));
  const labelCodes = Uint32Array.from(lines, ({ labels: own }) =>
    codeOf(labels, single ? own[0]! : JSON.stringify(own)),
  );
  const columns = [
    { kind: "categorical", name: "text", codes: textCodes, dictionary: texts.dictionary },
    { kind: "categorical", name: single ? "label" : "labels", codes: labelCodes, dictionary: labels.dictionary },
  ] as const;
  return { rows: lines.length, columns };
}

function coded(coder: StringCoder, text: string): number {
  return text === "" ? 0 : codeOf(coder, text);
}

async function readTexts(path: string): Promise<LabelledText[]> {
  const texts: LabelledText[] = [];
  await readLines(path, (line) => {
    if (line.trim() !== "") texts.push(labelledText(line));
  });
  return texts;
}

function labelledText(line: string): LabelledText {
  const labels = [...line.matchAll(LABEL)].map(([, label]) => label!);
  return { labels: [...new Set(labels)], text: line.replace(LABEL, "").trim() };
}
