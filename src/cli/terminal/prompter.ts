import type { Host } from "./host.ts";

export interface PromptChoice<T> {
  readonly value: T;
  readonly name: string;
  readonly description?: string;
  readonly checked?: boolean;
}

/** Asks a person. Tests answer instead. */
export interface Prompter {
  select<T>(message: string, choices: readonly PromptChoice<T>[], suggested?: T): Promise<T>;
  checkbox<T>(message: string, choices: readonly PromptChoice<T>[]): Promise<T[]>;
  input(message: string, suggested: string | undefined, problem: (text: string) => string | undefined): Promise<string>;
  confirm(message: string, suggested: boolean): Promise<boolean>;
}

const PAGE = 12;

/** Prompts on stderr, so that stdout stays data. */
export async function createPrompter(host: Host): Promise<Prompter> {
  const { select, search, checkbox, input, confirm } = await import("@inquirer/prompts");
  const context = { output: host.stderr as NodeJS.WritableStream };
  return {
    async select<T>(message: string, choices: readonly PromptChoice<T>[], suggested?: T) {
      if (choices.length <= PAGE) {
        const base = { message, choices: [...choices], pageSize: PAGE };
        return select<T>(suggested === undefined ? base : { ...base, default: suggested }, context);
      }
      const ordered = [...choices].sort((a, b) => Number(b.value === suggested) - Number(a.value === suggested));
      const source = (term: string | undefined) =>
        ordered.filter((choice) => choice.name.toLowerCase().includes((term ?? "").toLowerCase()));
      return search<T>({ message: `${message} (type to search)`, pageSize: PAGE, source }, context);
    },
    async checkbox<T>(message: string, choices: readonly PromptChoice<T>[]) {
      return checkbox<T>({ message, choices: [...choices], pageSize: PAGE, required: true }, context);
    },
    input: (message, suggested, problem) => {
      const base = { message, validate: (text: string) => problem(text) ?? true };
      return input(suggested === undefined ? base : { ...base, default: suggested }, context);
    },
    confirm: (message, suggested) => confirm({ message, default: suggested }, context),
  };
}
