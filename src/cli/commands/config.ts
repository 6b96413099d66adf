import { Option } from "commander";
import { paint, printable, renderTable } from "../../reports/text/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { flagLayer, readLayers } from "../settings/layers.ts";
import { environmentName, flagName } from "../settings/names.ts";
import { resolveSettings } from "../settings/resolve.ts";

export const register: Register = (command, context) => {
  examples(command, [["kaayko config show", ""]]);
  const show = command.command("show").description("Every setting, its value and where it came from");
  show.addOption(new Option("--config <FILE>", "Settings as JSON (default: kaayko.config.json, where there is one)"));
  examples(show, [
    ["kaayko config show", ""],
    ["KAAYKO_ROUNDS=500 kaayko config show", "the environment counts too"],
    ["kaayko config show --json", ""],
  ]);
  onRun(show, context, (_args, options) => showConfig(context, options));
};

async function showConfig(context: Context, options: Options): Promise<number> {
  const { host, output, services } = context;
  const specs = await services.parameters();
  const config = typeof options.config === "string" ? options.config : undefined;
  const resolved = resolveSettings(specs, [flagLayer({}, []), ...readLayers(host, specs, config)]);
  const settings = specs.map((spec) => ({
    name: spec.name,
    value: resolved.values[spec.name] ?? null,
    origin: resolved.origins[spec.name]?.kind ?? "unset",
    where: resolved.origins[spec.name]?.where || null,
    flag: `--${flagName(spec.name)}`,
    variable: environmentName(spec.name),
  }));
  const algorithmSettings = resolved.algorithms.map(({ key, raw, origin }) => ({
    name: key,
    value: raw,
    origin: origin.kind,
    where: origin.where,
  }));
  await output.result({ schemaVersion: 1, settings, algorithmSettings }, () => {
    const style = output.dataStyle;
    const rows = [...settings, ...algorithmSettings].map(({ name, value, origin, where }) => {
      const quiet = origin === "unset" || origin === "default";
      const text = value === null ? "-" : typeof value === "string" ? value : JSON.stringify(value);
      return [printable(name), printable(text), where ?? origin].map((cell) =>
        quiet ? paint(style, "dim", cell) : cell,
      );
    });
    return renderTable([{ title: "setting" }, { title: "value" }, { title: "from" }], rows, style);
  });
  return 0;
}
