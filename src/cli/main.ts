import { runProgram } from "./program.ts";
import { wiredServices } from "./wiring/index.ts";

/**
 * The command line. Gives the exit code; whoever calls sets it on the process.
 *
 * @param argv what follows `kaayko`
 */
export async function main(argv: string[]): Promise<number> {
  return runProgram(argv, wiredServices);
}
