import { KaaykoError, type TableSource } from "../../../core/index.ts";

/** Reading arrow is not part of this build. */
export async function openArrow(path: string): Promise<TableSource> {
  throw new KaaykoError({ action: `read ${path}`, rule: "this build must have the arrow format", kind: "input" });
}
