/** What a slot of a table refers to. Slots that are not named hold numbers of at most 8 bytes. */
export type Slot =
  | { readonly is: "string" }
  | { readonly is: "vector"; readonly size: number }
  | { readonly is: "table"; readonly shape: () => Shape }
  | { readonly is: "tables"; readonly shape: () => Shape }
  | { readonly is: "union"; readonly type: number; readonly shape: (type: number) => Shape | undefined };

/** Slots of a table by their number. */
export type Shape = Readonly<Record<number, Slot>>;

const MAX_DEPTH = 32;
const MAX_TABLES = 1_000_000;

interface Check {
  readonly view: DataView;
  tables: number;
}

/**
 * Checks that a FlatBuffer lies inside its bytes with everything that it refers to. The library that reads it afterwards
 * believes every length in it.
 *
 * @throws RangeError where it does not
 */
export function checkFlatBuffer(bytes: Uint8Array, shape: Shape): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkTable({ view, tables: 0 }, view.getUint32(0, true), shape, 0);
}

function checkTable(check: Check, table: number, shape: Shape, depth: number): void {
  if (depth > MAX_DEPTH || ++check.tables > MAX_TABLES) throw new RangeError("too many tables");
  const { view } = check;
  const vtable = table - view.getInt32(table, true);
  const slots = (view.getUint16(vtable, true) - 4) / 2;
  const size = view.getUint16(vtable + 2, true);
  if (!Number.isInteger(slots) || slots < 0 || table + size > view.byteLength) throw new RangeError("a table too long");
  const slotAt = (slot: number): number => (slot < slots ? view.getUint16(vtable + 4 + 2 * slot, true) : 0);
  for (let slot = 0; slot < slots; slot++)
    if (slotAt(slot) >= size && slotAt(slot) > 0) throw new RangeError("a wrong slot");
  for (const [slot, kind] of Object.entries(shape)) {
    const offset = slotAt(Number(slot));
    if (offset === 0) continue;
    const target = table + offset + view.getUint32(table + offset, true);
    if (kind.is === "union") {
      const typeOffset = slotAt(kind.type);
      const inner = kind.shape(typeOffset === 0 ? 0 : view.getUint8(table + typeOffset));
      if (inner !== undefined) checkTable(check, target, inner, depth + 1);
    } else if (kind.is === "table") checkTable(check, target, kind.shape(), depth + 1);
    else checkVector(check, target, kind, depth);
  }
}

function checkVector(
  check: Check,
  target: number,
  kind: Exclude<Slot, { is: "union" } | { is: "table" }>,
  depth: number,
): void {
  const { view } = check;
  const length = view.getUint32(target, true);
  const size = kind.is === "string" ? 1 : kind.is === "vector" ? kind.size : 4;
  if (length * size > view.byteLength - target - 4) throw new RangeError(`a vector of ${length} elements`);
  if (kind.is !== "tables") return;
  for (let i = 0; i < length; i++) {
    const at = target + 4 + 4 * i;
    checkTable(check, at + view.getUint32(at, true), kind.shape(), depth + 1);
  }
}
