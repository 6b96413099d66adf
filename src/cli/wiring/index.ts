import { ALGORITHMS } from "../../algorithms/index.ts";
import { KaaykoError } from "../../core/index.ts";
import type { Services } from "../services.ts";

const absent = (room: string) => async () => {
  throw new KaaykoError({ action: `use ${room}`, rule: "this build does not contain it" });
};

/** The services, made from the rooms; each room is loaded when a command asks for it. */
export const wiredServices: Services = {
  parameters: absent("training"),
  algorithms: async () => ALGORITHMS,
  training: absent("training"),
  checkpoints: absent("checkpoints"),
  models: absent("models"),
  data: absent("data"),
  backends: absent("backends"),
};
