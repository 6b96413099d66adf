import { type JsonValue, KaaykoError } from "../core/index.ts";
import type { TrainDocument } from "./document.ts";

/**
 * Checks a document that was stored, so that everything which draws it may rely on its shape.
 *
 * @param what what is being read, for the error
 * @throws KaaykoError (damaged) naming the first place that does not fit
 */
export async function readTrainDocument(value: JsonValue, what: string): Promise<TrainDocument> {
  // The library that checks is large: only who reads a document pays for it.
  const { trainDocumentSchema } = await import("./document-schema.ts");
  const checked = trainDocumentSchema.safeParse(value);
  if (checked.success) return checked.data as unknown as TrainDocument;
  const { path, message } = checked.error.issues[0]!;
  throw new KaaykoError({
    action: `read ${what}`,
    rule: "it must be the document of a run",
    got: `${path.map(String).join(".") || "the whole"}: ${message}`,
    remedy: "Train it again, or take an intact copy.",
    kind: "damaged",
  });
}
