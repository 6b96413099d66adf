import { existsSync } from "node:fs";

/** Worker threads and kernels run from `dist/`: say so at once where it is missing, not in a hundred failures. */
export default function setup(): void {
  if (!existsSync(new URL("../dist/core/index.js", import.meta.url)))
    throw new Error("Run npm run build before the tests.");
}
