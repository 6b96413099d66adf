export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export interface CompletionCommand {
  /** `["models", "list"]` */
  readonly words: readonly string[];
  readonly summary: string;
  readonly children: readonly string[];
  readonly flags: readonly { readonly flag: string; readonly summary: string; readonly takesValue: boolean }[];
}

/** A script that completes commands, flags and, for their values, files. Needs nothing of kaayko when it runs. */
export function completionScript(shell: Shell, commands: readonly CompletionCommand[]): string {
  if (shell === "fish") return fishScript(commands);
  const bash = bashScript(commands);
  return shell === "bash" ? bash : `autoload -U +X bashcompinit && bashcompinit\n${bash}`;
}

function bashScript(commands: readonly CompletionCommand[]): string {
  const top = commands.filter((command) => command.words.length === 1);
  const cases = commands.map((command) => {
    const words = [...command.children, ...command.flags.map(({ flag }) => flag)].join(" ");
    return `    "${command.words.join(" ")}") words="${words}" ;;`;
  });
  const valued = new Set(
    commands.flatMap((command) => command.flags.filter((flag) => flag.takesValue).map(({ flag }) => flag)),
  );
  return `_kaayko() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words="" path=""
  local first="\${COMP_WORDS[1]}" second="\${COMP_WORDS[2]}"
  case "$previous" in
    ${[...valued].join("|")}) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  path="$first"
  case "$first $second" in
    ${commands
      .filter((command) => command.words.length === 2)
      .map((command) => `"${command.words.join(" ")}"`)
      .join("|")}) [ "$COMP_CWORD" -gt 2 ] && path="$first $second" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && path=""
  case "$path" in
    "") words="${top.map((command) => command.words[0]).join(" ")} --help --version" ;;
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _kaayko kaayko
`;
}

function fishScript(commands: readonly CompletionCommand[]): string {
  const lines: string[] = [];
  for (const command of commands) {
    const [first, second] = command.words;
    const condition =
      second === undefined
        ? `__fish_seen_subcommand_from ${first}`
        : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`;
    const begin = second === undefined ? "__fish_use_subcommand" : `__fish_seen_subcommand_from ${first}`;
    lines.push(`complete -c kaayko -f -n '${begin}' -a ${second ?? first} -d '${escaped(command.summary)}'`);
    for (const { flag, summary, takesValue } of command.flags)
      lines.push(
        `complete -c kaayko -n '${condition}' -l ${flag.slice(2)}${takesValue ? " -r" : ""} -d '${escaped(summary)}'`,
      );
  }
  return `${lines.join("\n")}\n`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
}
