import { ALGORITHMS, type CustomObjective, loadWithObjective } from "../../algorithms/index.ts";
import { KaaykoError, type ParameterValues } from "../../core/index.ts";
import { loadUserModule } from "../../features/index.ts";
import { findModel, hashModel, locateModel, type Model } from "../../models/index.ts";
import type { AlgorithmTable, TrainingRequest } from "../../training/index.ts";

/** A request with the files that it names beside tables: read, and their hashes among the settings that a resume compares. */
export interface GivenFiles {
  readonly request: TrainingRequest;
  readonly algorithms: AlgorithmTable;
  /** The model that training goes on from. */
  readonly warmStart?: Model;
}

/** Algorithms that take a loss of the user's own. */
const OWN_LOSS = ["xgboost", "hist-gradient"];
const MODULE = /\.m?[tj]s$/i;

/**
 * Reads the loss and the model that a request names.
 *
 * @throws KaaykoError (input) for a file that is not what it should be, (usage) for a setting that does not fit the model
 */
export async function readGivenFiles(request: TrainingRequest): Promise<GivenFiles> {
  const { objective, warmStart } = request.settings;
  const ownLoss = typeof objective === "string" && MODULE.test(objective);
  const given: GivenFiles = ownLoss ? await withLoss(request, objective) : { request, algorithms: ALGORITHMS };
  return typeof warmStart === "string" ? withModel(given, warmStart) : given;
}

async function withLoss(request: TrainingRequest, path: string): Promise<GivenFiles> {
  const refuse = (rule: string, got: string, cause?: unknown): KaaykoError =>
    new KaaykoError({ action: `use the loss of ${path}`, rule, got, remedy: `Mend ${path}.`, kind: "input", cause });
  const { exports, sha256 } = await loadUserModule(path, refuse);
  const loss = checkLoss((exports.default ?? exports) as Partial<CustomObjective>, refuse);
  const own = Object.fromEntries(OWN_LOSS.map((name) => [name, () => loadWithObjective(name, loss)]));
  const settings = { algorithms: OWN_LOSS, ...defined(request.settings), objectiveSha256: sha256 };
  return { request: { ...request, settings }, algorithms: { ...ALGORITHMS, ...own } };
}

function checkLoss(
  loss: Partial<CustomObjective>,
  refuse: (rule: string, got: string) => KaaykoError,
): CustomObjective {
  if (typeof loss.derivatives !== "function")
    throw refuse("it must export derivatives(scores, target, gradient, hessian)", typeof loss.derivatives);
  for (const name of ["baseScore", "metric"] as const)
    if (loss[name] !== undefined && typeof loss[name] !== "function")
      throw refuse(`${name} must be a function`, typeof loss[name]);
  if (loss.link !== undefined && !["identity", "log", "logistic"].includes(loss.link))
    throw refuse("link must be identity, log or logistic", String(loss.link));
  return loss as CustomObjective;
}

/** The model's algorithm and target are those of the run. */
async function withModel({ request, algorithms }: GivenFiles, name: string): Promise<GivenFiles> {
  const modelsDir = String(request.settings.modelsDir ?? "models");
  const path = await locateModel(name, modelsDir);
  const { model } = await findModel(path, modelsDir);
  const known = { target: model.task.target, algorithms: [model.content.algorithm] };
  const settings = { ...known, ...defined(request.settings), warmStart: path, warmStartSha256: hashModel(model) };
  if (settings.target !== known.target || String(settings.algorithms) !== String(known.algorithms))
    throw new KaaykoError({
      action: `go on from ${name}`,
      rule: `target and algorithm must be the model's, ${known.target} and ${known.algorithms}`,
      got: `${settings.target} and ${settings.algorithms}`,
      remedy: "Leave --target and --algorithms out.",
      kind: "usage",
    });
  return { request: { ...request, settings }, algorithms, warmStart: model };
}

function defined(settings: ParameterValues): ParameterValues {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined && value !== null));
}
