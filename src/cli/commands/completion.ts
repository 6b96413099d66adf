import type { Command } from "commander";
import { KaaykoError, unknownName } from "../../core/index.ts";
import { type CompletionCommand, completionScript, SHELLS, type Shell } from "../completion-script.ts";
import { type Context, examples, onRun, type Register } from "../context.ts";

export const register: Register = (command, context) => {
  examples(command, [
    ["source <(kaayko completion bash)", "in ~/.bashrc"],
    ["source <(kaayko completion zsh)", "in ~/.zshrc"],
    ["kaayko completion fish > ~/.config/fish/completions/kaayko.fish", ""],
  ]);
  command.argument("[shell]", "bash, zsh or fish (default: $SHELL's)");
  onRun(command, context, async ([given]) => {
    const shell = given ?? context.host.env.SHELL?.split("/").at(-1) ?? "";
    if (given === undefined && !isShell(shell))
      throw new KaaykoError({
        action: "print a completion script",
        rule: "the shell must be known",
        remedy: "Name it: bash, zsh or fish.",
        kind: "usage",
      });
    if (!isShell(shell)) throw unknownName("shell", shell, SHELLS);
    await context.output.data(completionScript(shell, await describeCommands(context)));
    return 0;
  });
};

function isShell(name: string): name is Shell {
  return (SHELLS as readonly string[]).includes(name);
}

async function describeCommands(context: Context): Promise<CompletionCommand[]> {
  const program = await context.commandTree();
  return program.commands.flatMap((command) => [
    describe(command, []),
    ...command.commands.map((child) => describe(child, [command.name()])),
  ]);
}

function describe(command: Command, parents: readonly string[]): CompletionCommand {
  return {
    words: [...parents, command.name()],
    summary: command.description(),
    children: command.commands.map((child) => child.name()),
    flags: command.options
      .filter((option) => !option.hidden && option.long !== undefined)
      .map((option) => ({ flag: option.long!, summary: option.description, takesValue: option.required })),
  };
}
