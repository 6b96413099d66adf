import { KaaykoError, type TableSource } from "../../../core/index.ts";

/** Reading libsvm is not part of this build. */
export async function openLibsvm(path: string): Promise<TableSource> {
  throw new KaaykoError({ action: `read ${path}`, rule: "this build must have the libsvm format", kind: "input" });
}
