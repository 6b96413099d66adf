import { type Algorithm, hashJson, type JsonObject, KaaykoError, type ParameterSpec } from "../../core/index.ts";
import { loadRecipe, recipesNamed, shortName } from "../../recipes/index.ts";
import type { Context } from "../context.ts";
import type { TrainRequest } from "../services.ts";
import { givenNames, type ResolvedSettings, resolveAlgorithmSettings } from "../settings/resolve.ts";
import { fromHere } from "../settings/resolve-folders.ts";

/** One of several recipes that are trained together. */
export interface Member {
  readonly recipe: string;
  readonly request: TrainRequest;
  /** Run ids begin so: the same settings and the same data give the same runs, and others other ones. */
  readonly runName: string;
}

/** What each recipe says for itself. */
const OF_EACH = [
  "data",
  "test",
  "target",
  "task",
  "name",
  "recipe",
  "algorithms",
  "features",
  "group",
  "time",
  "weight",
];

/**
 * The recipes to train with what each is asked for.
 *
 * @param files tables by recipe, as given: `ner=FILE`, several by commas
 * @throws KaaykoError (usage) for an unknown recipe or setting, or a file that no recipe is named for
 */
export async function membersOf(
  context: Context,
  recipes: readonly string[],
  settings: ResolvedSettings,
  files: Readonly<Record<"data" | "test", readonly string[]>>,
): Promise<Member[]> {
  const tables = { data: filesByRecipe("data", files.data, recipes), test: filesByRecipe("test", files.test, recipes) };
  const specs = await context.services.parameters();
  const algorithms = await context.services.algorithms();
  const given = givenNames(settings).filter((name) => !OF_EACH.includes(name));
  const common = Object.fromEntries(Object.entries(settings.values).filter(([name]) => !OF_EACH.includes(name)));
  return Promise.all(
    recipes.map(async (recipe) => {
      const { algorithms: names } = await loadRecipe(recipe);
      const own = settings.algorithms.filter(({ key }) => isOf(key, names, algorithms));
      const algorithmSettings = await resolveAlgorithmSettings(
        await fitting(own, names, algorithms),
        names,
        algorithms,
      );
      const data = { ...optional("data", tables.data.get(recipe)), ...optional("test", tables.test.get(recipe)) };
      const request = {
        settings: { ...common, ...data, recipe },
        given: [...given, ...Object.keys(data)],
        algorithmSettings,
      };
      return { recipe, request, runName: await runName(context, recipe, request, specs) };
    }),
  );
}

/** A setting of an algorithm that only another recipe has is not for this one. */
function isOf(key: string, names: readonly string[], table: Readonly<Record<string, unknown>>): boolean {
  const at = key.indexOf(".");
  const algorithm = at < 0 ? undefined : key.slice(0, at);
  return algorithm === undefined || names.includes(algorithm) || !Object.hasOwn(table, algorithm);
}

/** Settings without an algorithm's name go where an algorithm of the recipe has them. */
async function fitting(
  given: ResolvedSettings["algorithms"],
  names: readonly string[],
  table: Readonly<Record<string, () => Promise<Algorithm>>>,
): Promise<ResolvedSettings["algorithms"]> {
  if (given.length === 0) return given;
  const known = new Set<string>();
  for (const name of names) for (const spec of (await table[name]!()).parameters) known.add(spec.name);
  return given.filter(({ key }) => key.includes(".") || known.has(key));
}

function filesByRecipe(flag: string, given: readonly string[], recipes: readonly string[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const pair of given.flatMap((text) => text.split(/,(?=[\w-]+=)/))) {
    const at = pair.indexOf("=");
    if (at < 1 || at === pair.length - 1)
      throw new KaaykoError({
        action: `use --${flag} ${pair}`,
        rule: "each of several models has a table of its own",
        remedy: `Name it: --${flag} ${shortName(recipes[0]!)}=FILE.`,
        kind: "usage",
      });
    const [recipe] = recipesNamed([pair.slice(0, at)], recipes);
    files.set(recipe!, pair.slice(at + 1));
  }
  return files;
}

/** The recipe's name, and a part of the hash of everything that decides its model. */
async function runName(
  { host, services }: Context,
  recipe: string,
  { settings, algorithmSettings }: TrainRequest,
  specs: readonly ParameterSpec[],
): Promise<string> {
  const free = new Set(specs.filter(({ affectsResult }) => affectsResult === false).map(({ name }) => name));
  const deciding = Object.entries(settings).filter(([name]) => !free.has(name) && name !== "data" && name !== "test");
  const data = await services.data();
  const digest = async (path: unknown) => (typeof path === "string" ? data.digest(fromHere(host, path)) : null);
  const { task, target, algorithms, settings: own, ignore } = await loadRecipe(recipe);
  const plan = {
    recipe: { task, target, algorithms, settings: own, ignore },
    settings: Object.fromEntries(deciding),
    algorithmSettings,
    data: await digest(settings.data),
    test: await digest(settings.test),
  };
  return `${recipe}-${hashJson(JSON.parse(JSON.stringify(plan)) as JsonObject).slice(0, 8)}`;
}

function optional(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}
