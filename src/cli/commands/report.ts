import { spawn } from "node:child_process";
import { basename } from "node:path";
import { Option } from "commander";
import { formatBytes, printable, renderTerminalReport } from "../../reports/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { addCheckpointsDir } from "../runs.ts";
import { fromHere, resolveFolders } from "../settings/resolve-folders.ts";

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko report", "of the newest run, as a page"],
    ["kaayko report houses --open", "of a model, shown in the browser"],
    ["kaayko report houses --out card.md", "the model's card; .txt is plain text, .json the document"],
    ["kaayko report houses --terminal", "here"],
  ]);
  command.argument("[run-or-model]", "A run, or a model as NAME, NAME/VERSION or a folder (default: the newest run)");
  command.addOption(new Option("--out <FILE>", "File to write: .html, .md, .txt or .json (default: NAME.html here)"));
  command.addOption(new Option("--open", "Show the page in the browser"));
  command.addOption(new Option("--terminal", "Show it here instead of writing a file"));
  command.addOption(new Option("--models-dir <DIR>", "Where models are (default: models)"));
  addCheckpointsDir(command);
  onRun(command, context, ([name], options) => report(context, name, options));
};

/** Writes the report of a run or a model again, from what is stored. */
async function report(context: Context, name: string | undefined, options: Options): Promise<number> {
  const { host, output } = context;
  const folders = resolveFolders(host, options);
  const service = await context.services.reports();
  const document = await service.find(name, {
    checkpointsDir: fromHere(host, folders.checkpointsDir),
    modelsDir: fromHere(host, folders.modelsDir),
  });
  if (options.terminal === true) {
    await output.result(document, () => renderTerminalReport(document, output.dataStyle));
    return 0;
  }
  const path = fromHere(host, typeof options.out === "string" ? options.out : `${fileName(name ?? document.run)}.html`);
  const texts: Readonly<Record<string, string>> = {
    ...(await service.render(document)),
    "report.json": `${JSON.stringify(document, null, 2)}\n`,
  };
  const text = texts[kindOf(path)]!;
  await service.write(path, text);
  if (options.open === true) openInBrowser(path);
  const bytes = Buffer.byteLength(text);
  const result = { schemaVersion: 1, run: document.run, champion: document.champion, path, bytes };
  await output.result(result, () => `${printable(path)} (${formatBytes(bytes)})`);
  return 0;
}

function fileName(name: string): string {
  return basename(name.replace(/[@/\\]/g, "-")).replace(/^[-.]+|[-.]+$/g, "") || "report";
}

/** Which of the report's files an ending asks for. */
function kindOf(path: string): string {
  if (/\.md$/i.test(path)) return "card.md";
  if (/\.txt$/i.test(path)) return "report.txt";
  return /\.json$/i.test(path) ? "report.json" : "report.html";
}

function openInBrowser(path: string): void {
  const [program, ...before] =
    process.platform === "darwin" ? ["open"] : process.platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"];
  const child = spawn(program!, [...before, path], { detached: true, stdio: "ignore" });
  // Where there is no browser, the path that is printed is all there is to give.
  child.on("error", () => {});
  child.unref();
}
