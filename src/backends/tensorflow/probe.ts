import { runCommand } from "../run-command.ts";

export interface ProbeResult {
  /** TensorFlow's version; null where the binding does not work. */
  readonly version: string | null;
  /** True where it runs on a GPU. */
  readonly gpu: boolean;
  /** Why it does not work: one line. */
  readonly reason: string | null;
}

/** Loads the binding named by the first argument and multiplies two matrices with it. Runs in a process of its own. */
const PROGRAM = `
const b = require(process.argv[1]);
const x = b.createTensor([2, 2], b.TF_FLOAT, Float32Array.of(1, 2, 3, 4));
const no = (name) => ({ name, type: b.TF_ATTR_BOOL, value: false });
const [y] = b.executeOp("MatMul", [{ name: "T", type: b.TF_ATTR_TYPE, value: b.TF_FLOAT }, no("transpose_a"), no("transpose_b")], [x, x], 1);
process.stdout.write("\\nprobe " + JSON.stringify({ version: b.TF_Version, gpu: b.isUsingGpuDevice(), values: [...b.tensorDataSync(y.id)] }) + "\\n");
`;

/** Tries a native binding in a process of its own, so that one that crashes takes nobody with it. About 0.5 s. */
export async function probeBinding(binding: string): Promise<ProbeResult> {
  const { code, stdout, stderr } = await runCommand(process.execPath, ["-e", PROGRAM, binding], {
    timeoutMs: 120_000,
    env: { TF_CPP_MIN_LOG_LEVEL: "3", NODE_OPTIONS: undefined },
  });
  const line = /^probe (.*)$/m.exec(stdout)?.[1];
  if (code === 0 && line !== undefined) {
    const { version, gpu, values } = JSON.parse(line) as { version: string; gpu: boolean; values: number[] };
    if (values.join() === "7,10,15,22") return { version, gpu, reason: null };
    return { version: null, gpu: false, reason: `a product of two matrices came out wrong (${values.join(", ")})` };
  }
  const cause = /^.*(?:Error|error).*$/m.exec(stderr)?.[0]?.trim().slice(0, 300);
  return { version: null, gpu: false, reason: cause ?? `its process ended with ${code ?? "a signal"}` };
}
