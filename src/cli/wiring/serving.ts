import { once } from "node:events";
import { createServer } from "../../serving/index.ts";
import type { ServingService } from "../services.ts";

/** Serving over HTTP. */
export const servingService: ServingService = {
  async serve({ host, port, ...options }, onReady, stop) {
    const server = await createServer(options);
    try {
      const url = await server.listen({ host, port });
      await server.verify();
      if (stop.aborted) return;
      onReady(url);
      await once(stop, "abort");
    } finally {
      await server.drain();
    }
  },
};
