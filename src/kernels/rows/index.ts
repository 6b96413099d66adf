export { fieldBytes, loadRowKernel, type RowField, type RowKernel, writeFields } from "./row-kernel.ts";
