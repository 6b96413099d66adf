/** A compiled module and the name under which the modules after it import what it exports. */
export interface NamedModule {
  readonly name: string;
  readonly module: WebAssembly.Module;
}

/** Instantiates modules over one memory, in order; each may import from `env` and from those before it. Returns the last one's exports. */
export function instantiateChain(
  memory: WebAssembly.Memory,
  modules: readonly NamedModule[],
): Record<string, (...parameters: number[]) => number> {
  const imports: Record<string, Record<string, unknown>> = {
    env: {
      memory,
      abort: () => {
        throw new Error("a kernel gave up");
      },
    },
  };
  for (const { name, module } of modules) imports[name] = new WebAssembly.Instance(module, imports).exports;
  return imports[modules.at(-1)!.name] as Record<string, (...parameters: number[]) => number>;
}
