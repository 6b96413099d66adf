import { examples, type Register } from "../context.ts";
import { registerPinning } from "./pin.ts";

export const register: Register = (command, context) => {
  examples(command, [["kaayko unpin houses-7k2m --seq 12", "retention and cleanup may remove it again"]]);
  registerPinning(command, context, "unpin");
};
