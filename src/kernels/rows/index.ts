export {
  fieldBytes,
  fitsSingle,
  inverseWidth,
  loadRowKernel,
  type RowField,
  type RowKernel,
  writeFields,
} from "./row-kernel.ts";
