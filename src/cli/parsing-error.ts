import type { Command, CommanderError } from "commander";
import { KaaykoError, suggest } from "../core/index.ts";

/** Says in our own words what commander found wrong with a command line. */
export function parsingError(error: CommanderError, command: Command): KaaykoError {
  const words = commandWords(command);
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  const help = `See ${words} --help.`;
  switch (error.code) {
    case "commander.unknownOption":
      return usage(`use ${quoted}`, `${words} has no such option`, didYouMean(quoted, flagsOf(command)) ?? help);
    case "commander.unknownCommand":
      return usage(`run "${quoted}"`, `${words} has no such command`, didYouMean(quoted, namesOf(command)) ?? help);
    case "commander.optionMissingArgument":
      return usage(`use ${quoted.split(" ")[0]}`, "it needs a value", `For example ${quoted}.`);
    case "commander.missingArgument":
      return usage(`run ${words}`, `it needs ${quoted.toUpperCase()}`, help);
    case "commander.missingMandatoryOptionValue":
      return usage(`run ${words}`, `it needs ${quoted}`, help);
    case "commander.excessArguments":
      return usage(`run ${words}`, "there is an argument too many", help);
    case "commander.help":
      return usage(`run ${words}`, `it needs one of ${namesOf(command).join(", ")}`, help);
    default:
      return usage(`run ${words}`, error.message.replace(/^error: /, ""), help);
  }
}

function usage(action: string, rule: string, remedy: string): KaaykoError {
  return new KaaykoError({ action, rule, remedy, kind: "usage" });
}

function didYouMean(word: string, known: readonly string[]): string | undefined {
  const near = suggest(word, known);
  return near === undefined ? undefined : `Did you mean ${near}?`;
}

function flagsOf(command: Command): string[] {
  const leaves = command.commands.length > 0 ? command.commands : [command];
  return leaves
    .flatMap((leaf) => leaf.options.filter((option) => !option.hidden).map((option) => option.long ?? ""))
    .concat("--help");
}

function namesOf(command: Command): string[] {
  return command.commands.map((child) => child.name());
}

function commandWords(command: Command): string {
  const parent = command.parent;
  return parent === null ? command.name() : `${commandWords(parent)} ${command.name()}`;
}
