export { openLibsvm } from "./libsvm-source.ts";
