import { Option } from "commander";
import { examples, onRun, type Register } from "../context.ts";
import { createProgress } from "../terminal/progress.ts";

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko setup", "fetch TensorFlow once, for faster neural models; trees never need it"],
    ["kaayko setup --gpu", "with CUDA"],
  ]);
  command.addOption(new Option("--gpu", "Take the build with CUDA"));
  command.addOption(new Option("--force", "Set up again although it seems whole"));
  onRun(command, context, async (_args, options) => {
    const { output } = context;
    const progress = createProgress(output);
    try {
      const service = await context.services.backends();
      const result = await service.setup(
        { gpu: options.gpu === true, force: options.force === true },
        progress.observer,
      );
      progress.finish(true);
      await output.result({ schemaVersion: 1, ...result }, () => result.summary);
      return result.ready ? 0 : 1;
    } finally {
      progress.finish(false);
    }
  });
};
