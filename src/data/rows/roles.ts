import { KaaykoError, type Role } from "../../core/index.ts";

/** Roles of rows as they are stored, one byte a row. */
export const ROLE = { train: 0, validation: 1, test: 2, unused: 255 } as const;

export const ROLES: readonly Role[] = ["train", "validation", "test"];

/** Rows of each role. */
export function countRoles(roles: Uint8Array): Record<Role, number> {
  const counts = new Uint32Array(256);
  for (let i = 0; i < roles.length; i++) counts[roles[i]!]!++;
  return { train: counts[ROLE.train]!, validation: counts[ROLE.validation]!, test: counts[ROLE.test]! };
}

/** The rows of a role, ascending; null where that is every row. */
export function rowsOfRole(roles: Uint8Array, role: Role): Uint32Array | null {
  const rows = new Uint32Array(countRoles(roles)[role]);
  if (rows.length === roles.length) return null;
  const wanted = ROLE[role];
  let found = 0;
  for (let i = 0; i < roles.length; i++) if (roles[i] === wanted) rows[found++] = i;
  return rows;
}

/** How many rows each role gets. */
export interface RoleSizes {
  readonly validation: number;
  readonly test: number;
}

/**
 * Sizes of the roles from their shares: rounded, at least one row where a share is over 0, and at least one row to train on.
 *
 * @throws KaaykoError (input) where there are too few rows
 */
export function roleSizes(rows: number, validationSize: number, testSize: number): RoleSizes {
  if (!(validationSize >= 0 && testSize >= 0 && validationSize + testSize < 1))
    throw new KaaykoError({
      action: "split the rows",
      rule: "the shares held out must be 0 or more and sum to less than 1",
      got: `${validationSize} for validation and ${testSize} for test`,
      kind: "usage",
    });
  const size = (share: number) => (share === 0 ? 0 : Math.max(1, Math.round(share * rows)));
  const sizes = { validation: size(validationSize), test: size(testSize) };
  if (rows - sizes.validation - sizes.test >= 1) return sizes;
  throw new KaaykoError({
    action: "split the rows",
    rule: "every part must get at least one row",
    got: `${rows} usable row${rows === 1 ? "" : "s"}`,
    remedy: "Use more rows, or a smaller --validation-size and --test-size.",
    kind: "input",
  });
}
