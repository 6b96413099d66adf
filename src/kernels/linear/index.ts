export {
  type DescentLoss,
  LinearMachine,
  type LinearProblem,
  type ProblemState,
  type SparseMatrix,
} from "./linear-machine.ts";
export { naiveDescentPass } from "./naive-descent.ts";
