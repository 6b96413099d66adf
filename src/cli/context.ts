import type { Command } from "commander";
import type { Services } from "./services.ts";
import type { Host } from "./terminal/host.ts";
import type { Output } from "./terminal/output.ts";

/** What a command is handed. */
export interface Context {
  /** The command line as it is parsed. */
  readonly argv: readonly string[];
  readonly host: Host;
  readonly output: Output;
  readonly services: Services;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  /** The whole command tree with every command's flags, for completion. */
  readonly commandTree: () => Promise<Command>;
}

/** Declares a command's arguments, flags, examples and action. Actions give an exit code, or nothing for 0. */
export type Register = (command: Command, context: Context) => void | Promise<void>;

export type Options = Readonly<Record<string, unknown>>;

const exitCodes = new WeakMap<Context, number>();

/** The exit code that the command's action gave. */
export function exitCodeOf(context: Context): number {
  return exitCodes.get(context) ?? 0;
}

/** Binds an action to a command: `(arguments as given, options)`. */
export function onRun(
  command: Command,
  context: Context,
  action: (args: readonly string[], options: Options) => Promise<number | undefined>,
): void {
  command.action(async (...given: unknown[]) => {
    const options = given.at(-2) as Options;
    const args = given.slice(0, -2).filter((value): value is string => typeof value === "string");
    exitCodes.set(context, (await action(args, options)) ?? 0);
  });
}

/** Puts examples before everything else in a command's help. */
export function examples(command: Command, lines: readonly (readonly [command: string, what: string])[]): void {
  const width = Math.max(...lines.filter(([, what]) => what !== "").map(([text]) => text.length), 0);
  const body = lines.map(([text, what]) => (what === "" ? `  ${text}` : `  ${text.padEnd(width)}  ${what}`)).join("\n");
  command.addHelpText("before", `Examples:\n${body}\n`);
}
