import { type Command, Option } from "commander";
import type { Context } from "./context.ts";
import { addJobFlags } from "./job-flags.ts";
import { addParameterFlags, flagValue } from "./settings/flags.ts";

/** The flags of `train`: its settings, those of algorithms, and what it can do instead of training. */
export async function addTrainFlags(command: Command, context: Context): Promise<void> {
  addParameterFlags(command, await context.services.parameters(), context.argv);
  const add = (flags: string, description: string, heading: string): Option => {
    const option = new Option(flags, description).helpGroup(heading);
    command.addOption(option);
    return option;
  };
  add(
    "--set <key=value>",
    "A setting of an algorithm: maxDepth=8, or xgboost.maxDepth=8 (may be repeated)",
    "Training:",
  ).argParser((value: string, earlier?: string[]) => [...(earlier ?? []), flagValue("--set", value, context.argv)]);
  add("--config <FILE>", "Settings as JSON (default: kaayko.config.json, where there is one)", "Training:");
  add("--resume [RUN]", "Go on with an interrupted run (default: the newest)", "Checkpoints:");
  add("--run-id <NAME>", "Name of the new run (default: made from the time)", "Checkpoints:");
  add("--fork", "With --resume: go on as a new run, with other settings", "Checkpoints:");
  add("--status", "Show where runs stand instead", "Checkpoints:");
  add("--list-checkpoints", "Show the newest run's checkpoints instead", "Checkpoints:");
  add("--cleanup-old", "Remove checkpoints older than 7 days instead", "Checkpoints:");
  add("--background", "Put it into the queue of jobs and return at once", "Background jobs:");
  addJobFlags(command, "Background jobs:");
  add("--clear-cache", "Forget remembered answers instead", "Checkpoints:");
}
