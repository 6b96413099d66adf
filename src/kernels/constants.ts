/** Where the kernels' exported constants are numbers: offsets of the frame, sizes of records, codes of losses. */
export type KernelConstants = Readonly<Record<string, number>>;

/** Reads the constants that a kernel exports, by name. */
export function constantsOf(kernel: Record<string, unknown>): KernelConstants {
  const constants: Record<string, number> = {};
  for (const [name, value] of Object.entries(kernel)) {
    if (typeof value === "object" && value !== null && "value" in value) constants[name] = Number(value.value);
  }
  return constants;
}
