import { randomUUID } from "node:crypto";
import { basename, join } from "node:path";
import { KaaykoError, sha256 } from "../../core/index.ts";
import {
  exportModel,
  findModel,
  hashModel,
  importModel,
  MAX_IMPORT_BYTES,
  type PackageFile,
  packModel,
  publishModel,
  reserveVersion,
} from "../../models/index.ts";
import { ensureFolder, readFileCapped, writeFileAtomic } from "../../storage/index.ts";
import type { ExportDocument, ImportDocument, ImportRequest, ModelLocation, ModelService } from "../services.ts";

/** Publishes a package of a file of another program, as the next version of its name. */
export async function importPackage(request: ImportRequest): Promise<ImportDocument> {
  const { file, name, modelsDir, target, classes } = request;
  const bytes = await readFileCapped(file, MAX_IMPORT_BYTES);
  if (bytes === undefined)
    throw new KaaykoError({ action: `import ${file}`, rule: "there must be such a file", kind: "input" });
  const { model, format, notices } = importModel(bytes, {
    ...(target === undefined ? {} : { target }),
    ...(classes === undefined ? {} : { classes }),
  });
  const modelSha256 = hashModel(model);
  const version = await reserveVersion(modelsDir, name, `import ${randomUUID()}`);
  const { algorithm, arrays } = model.content;
  const metadata = {
    schemaVersion: 1,
    name,
    version,
    modelSha256,
    algorithm,
    task: model.task.kind,
    target: model.task.target,
    savedAt: new Date().toISOString(),
    imported: { format, file: basename(file), sha256: sha256(bytes) },
  };
  const text = new TextEncoder().encode(`${JSON.stringify(metadata, null, 2)}\n`);
  const files: PackageFile[] = [...packModel(model), ["metadata.json", text]];
  const path = await publishModel(modelsDir, name, version, files, modelSha256);
  return {
    schemaVersion: 1,
    name,
    version,
    path,
    format,
    task: model.task.kind,
    features: model.pipeline.features.length,
    trees: arrays.ends!.length,
    modelSha256,
    notices,
  };
}

/** Writes a model for another program, and beside it what its features are. */
export async function exportPackage(location: ModelLocation, request: ExportRequest): Promise<ExportDocument> {
  const { name, version, model } = await findModel(location.model, location.modelsDir);
  const { content, features, fileName } = await exportModel(model, request.format);
  const featuresPath = `${request.out}.features.json`;
  if (fileName !== null) await ensureFolder(request.out);
  await writeFileAtomic(fileName === null ? request.out : join(request.out, fileName), content);
  await writeFileAtomic(featuresPath, `${JSON.stringify(features, null, 2)}\n`);
  return {
    schemaVersion: 1,
    model: `${name}/${version}`,
    format: request.format,
    path: request.out,
    featuresPath,
    bytes: content.length,
    sha256: sha256(content),
  };
}

type ExportRequest = Parameters<ModelService["exportModel"]>[1];
