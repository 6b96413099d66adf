import { type Command, Option } from "commander";
import { KaaykoError, type ParameterSpec } from "../../core/index.ts";
import { flagName } from "./names.ts";

/** Longer lists of choices stand in the description. */
const LONGEST_CHOICES = 24;

/** Flags that every command has. */
export function addGeneralFlags(command: Command): void {
  const general: [string, string][] = [
    ["--json", "One JSON document on stdout, nothing else there"],
    ["-q, --quiet", "No progress, no notes"],
    ["-v, --verbose", "More lines on what happens"],
    ["--debug", "A stack trace with errors"],
    ["--no-color", "No colour (also NO_COLOR=1)"],
    ["--no-input", "Never ask"],
    ["-y, --yes", "Answer yes to what would be asked before something is removed"],
  ];
  for (const [flags, description] of general) command.addOption(new Option(flags, description).helpGroup("General:"));
  command.addOption(new Option("--color").hideHelp());
}

/** Flags for declared settings, in groups. Values stay text: they are checked where all layers are laid together. */
export function addParameterFlags(command: Command, specs: readonly ParameterSpec[], argv: readonly string[]): void {
  for (const spec of specs) {
    const flag = `--${flagName(spec.name)}`;
    const heading = `${spec.group ?? "Settings"}:`;
    if (spec.type === "boolean") {
      command.addOption(new Option(flag, spec.description).helpGroup(heading));
      command.addOption(new Option(`--no-${flagName(spec.name)}`).hideHelp());
      continue;
    }
    const option = new Option(`${flag} <${placeholderOf(spec)}>`, describe(spec)).helpGroup(heading);
    command.addOption(option.argParser((value: string, earlier?: string) => collected(spec, value, earlier, argv)));
  }
}

/** A flag's value; refuses what is plainly the next flag, because the value was forgotten. */
export function flagValue(flag: string, value: string, argv: readonly string[]): string {
  if (!/^--[a-z]/.test(value) || argv.includes(`${flag}=${value}`)) return value;
  throw new KaaykoError({
    action: `use ${flag}`,
    rule: "it needs a value",
    got: value,
    remedy: `A value that really starts with two dashes is given as ${flag}=${value}.`,
    kind: "usage",
  });
}

function collected(spec: ParameterSpec, value: string, earlier: string | undefined, argv: readonly string[]): string {
  const text = flagValue(`--${flagName(spec.name)}`, value, argv);
  return spec.type === "list" && earlier !== undefined ? `${earlier},${text}` : text;
}

function describe(spec: ParameterSpec): string {
  const choices = spec.choices !== undefined && placeholderOf(spec) === "NAME" ? `: ${spec.choices.join(", ")}` : "";
  const text = spec.description.replace(/(?= \(default)|$/, choices);
  return spec.default === undefined || /\(default/.test(text) ? text : `${text} (default: ${spec.default})`;
}

function placeholderOf(spec: ParameterSpec): string {
  if (spec.placeholder !== undefined) return spec.placeholder;
  const choices = spec.choices?.join("|") ?? "";
  if (choices !== "" && choices.length <= LONGEST_CHOICES) return choices;
  return { integer: "N", number: "X", string: "TEXT", duration: "TIME", bytes: "SIZE", list: "a,b", choice: "NAME" }[
    spec.type as Exclude<ParameterSpec["type"], "boolean">
  ];
}

/** Users' habits: `--smoke_test` is `--smoke-test`. Only names change, never values; `--` ends the flags. */
export function normalizedArguments(argv: readonly string[]): string[] {
  const end = argv.indexOf("--");
  return argv.map((argument, index) => {
    if ((end >= 0 && index >= end) || !argument.startsWith("--")) return argument;
    const at = argument.indexOf("=");
    const name = at < 0 ? argument : argument.slice(0, at);
    return name.replaceAll("_", "-") + (at < 0 ? "" : argument.slice(at));
  });
}
