import { columnNamed, type Role, type RowLabels, type Task, targetWidth } from "../../core/index.ts";
import { countRoles, ROLE } from "../rows/roles.ts";
import { createTruthEncoder, truthColumns, weightsOf } from "../target.ts";
import { openStream } from "./chunks.ts";
import type { StreamPart } from "./stream-part.ts";

/** Target and weight of the rows of a role, from a pass over their columns alone. */
export async function readLabels(
  part: Omit<StreamPart, "chunks" | "encode">,
  task: Task,
  role: Role,
): Promise<RowLabels> {
  const { stream, weight, roles, queries } = part;
  const rows = countRoles(roles)[role];
  const width = targetWidth(task);
  const target = new Float64Array(rows * width);
  const weights = weight === null ? null : new Float32Array(rows);
  const encode = createTruthEncoder(task, queries);
  const columns = [...new Set([...truthColumns(task), ...(weight === null ? [] : [weight])])];
  const reader = await openStream({ ...stream, columns });
  let found = 0;
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      const { columns: read, firstRow } = batch;
      const truth = encode((name) => columnNamed(read, name)!);
      const own = weight === null ? null : weightsOf(columnNamed(read, weight)!);
      for (let i = 0; i < batch.rows; i++) {
        if (roles[firstRow + i] !== ROLE[role]) continue;
        for (let k = 0; k < width; k++) target[found * width + k] = truth[i * width + k]!;
        if (weights !== null) weights[found] = own![i]!;
        found++;
      }
    }
  } finally {
    await reader.close();
  }
  return { rows, target, weight: weights };
}
