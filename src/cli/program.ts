import { Command, CommanderError, Help, Option } from "commander";
import { unknownName } from "../core/index.ts";
import { paint, type Style } from "../reports/text/index.ts";
import { CATALOG, type CatalogEntry } from "./catalog.ts";
import { type Context, examples, exitCodeOf } from "./context.ts";
import { parsingError } from "./parsing-error.ts";
import type { Services } from "./services.ts";
import { addGeneralFlags, normalizedArguments } from "./settings/flags.ts";
import { canAsk, readSwitches } from "./terminal/capabilities.ts";
import { reportFailure } from "./terminal/failure.ts";
import { type Host, processHost } from "./terminal/host.ts";
import { createOutput } from "./terminal/output.ts";
import { readVersion } from "./version.ts";

/**
 * Runs one command line and gives its exit code; never throws. The process is left alone: whoever calls sets its exit code.
 *
 * @param argv what follows `kaayko`
 */
export async function runProgram(
  argv: readonly string[],
  services: Services,
  host: Host = processHost(),
): Promise<number> {
  const normalized = normalizedArguments(argv);
  const output = createOutput(host, readSwitches(normalized));
  try {
    const interactive = canAsk(host, output.switches);
    const context: Context = {
      argv: normalized,
      host,
      output,
      services,
      interactive,
      commandTree: () => createProgram(context, CATALOG),
    };
    return await dispatch(normalized, context);
  } catch (error) {
    return await reportFailure(error, output);
  }
}

async function dispatch(argv: readonly string[], context: Context): Promise<number> {
  const args = argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
  const first = args.findIndex((argument) => !argument.startsWith("-"));
  const name = first < 0 ? undefined : args[first]!;
  if (name === undefined && args.includes("--version")) return printVersion(context);
  const entry = CATALOG.find((candidate) => candidate.name === name);
  if (name !== undefined && entry === undefined) throw unknownCommand(name);
  const program = await createProgram(context, entry === undefined ? [] : [entry]);
  const running = entry === undefined ? program : program.commands.find((command) => command.name() === name)!;
  try {
    await program.parseAsync(args.length === 0 || name === undefined ? [...args, "--help"] : [...args], {
      from: "user",
    });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    throw parsingError(error, running);
  }
  return exitCodeOf(context);
}

/** The whole command tree, with arguments and flags for the given entries only. */
async function createProgram(context: Context, loaded: readonly CatalogEntry[]): Promise<Command> {
  const program = new Command("kaayko");
  configure(program, context);
  program.usage("COMMAND [options]").description("Trains models on tables, stops anywhere, goes on exactly.");
  examples(program, [
    ["kaayko train --data houses.parquet --target price", "train, compare, save the best"],
    ["kaayko resume", "go on where a run was interrupted"],
    ["kaayko predict --model houses --data new.csv --out prices.csv", ""],
    ["kaayko train", "answer questions instead"],
    ["kaayko train --help", "every flag of a command"],
  ]);
  addGeneralFlags(program);
  program.addOption(new Option("--version", "Print the version").helpGroup("General:"));
  for (const entry of CATALOG) {
    const command = program.command(entry.name).description(entry.summary).helpGroup(entry.heading);
    configure(command, context);
    if (!loaded.includes(entry)) continue;
    await (await entry.load()).register(command, context);
    for (const leaf of command.commands.length > 0 ? command.commands : [command]) {
      configure(leaf, context);
      addGeneralFlags(leaf);
    }
  }
  return program;
}

function configure(command: Command, context: Context): void {
  const { host, output } = context;
  const style = output.dataStyle;
  command
    .exitOverride()
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .addHelpOption(new Option("-h, --help", "Show this").helpGroup("General:"))
    .configureHelp({ helpWidth: style.width, styleTitle: (title) => paint(style, "bold", title), ...helpTerms(style) })
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: () => {},
      getOutHasColors: () => style.color,
    });
}

function helpTerms(style: Style) {
  return {
    styleOptionTerm: (term: string) => paint(style, "cyan", term),
    styleSubcommandTerm: (term: string) => paint(style, "cyan", term),
    subcommandTerm: (command: Command) => command.name(),
    minWidthToWrap: 20,
    formatHelp: generalLast,
  };
}

/** The general switches matter least: they come behind the commands. */
function generalLast(command: Command, helper: Help): string {
  const sections = Help.prototype.formatHelp.call(helper, command, helper).trimEnd().split("\n\n");
  const general = sections.filter((section) => /^(\u001b\[\d+m)?General:/.test(section));
  return `${[...sections.filter((section) => !general.includes(section)), ...general].join("\n\n")}\n`;
}

function unknownCommand(name: string): Error {
  return unknownName(
    "command",
    name,
    CATALOG.map((entry) => entry.name),
  );
}

async function printVersion(context: Context): Promise<number> {
  const version = readVersion();
  await context.output.result({ schemaVersion: 1, version, node: process.version }, () => version);
  return 0;
}
