import { type ForeignObjective, refused, unsupported } from "./foreign-types.ts";

/** What becomes of an objective's scores. */
export interface LightgbmObjective extends ForeignObjective {
  /** What scores are multiplied by first. */
  readonly scale: number;
  readonly notice?: string;
}

const SCORES: ForeignObjective = { kind: "regression", loss: "squared" };
const RANKING = { ...SCORES, notice: "A model that ranks: its predictions are scores to sort by." };

const OBJECTIVES: Readonly<Record<string, ForeignObjective & { readonly notice?: string }>> = {
  regression: SCORES,
  regression_l2: SCORES,
  regression_l1: { ...SCORES, loss: "absolute" },
  huber: SCORES,
  fair: SCORES,
  // The file does not say the share.
  quantile: SCORES,
  mape: SCORES,
  custom: SCORES,
  poisson: { kind: "regression", loss: "poisson" },
  gamma: { kind: "regression", loss: "gamma" },
  // The file does not say the power, which predictions do not need.
  tweedie: { kind: "regression", loss: "tweedie", parameter: 1.5 },
  lambdarank: RANKING,
  rank_xendcg: RANKING,
  binary: { kind: "binary", loss: "logistic" },
  cross_entropy: { kind: "binary", loss: "logistic" },
  multiclass: { kind: "multiclass", loss: "softmax" },
};

/**
 * What a stored objective says.
 *
 * @throws KaaykoError (input) where ours has no function for its scores; (damaged) for a sigmoid that is none
 */
export function readObjective(stored: string | undefined, what: string): LightgbmObjective {
  const [name, ...options] = (stored ?? "custom").split(" ");
  const known = Object.hasOwn(OBJECTIVES, name!) ? OBJECTIVES[name!]! : undefined;
  if (known === undefined)
    throw unsupported(what, `its objective must be one of ${Object.keys(OBJECTIVES).join(", ")}`, name!);
  if (options.includes("sqrt")) throw unsupported(what, "its target must be itself", "regression of square roots");
  const sigmoid = options.find((option) => option.startsWith("sigmoid:"))?.slice("sigmoid:".length);
  const scale = known.kind === "binary" && sigmoid !== undefined ? Number(sigmoid) : 1;
  if (!(scale > 0 && Number.isFinite(scale))) throw refused(what, "its sigmoid must be over 0", String(sigmoid));
  if (stored !== undefined) return { ...known, scale };
  return { ...known, scale, notice: "The model has no objective: its scores are the predictions." };
}
