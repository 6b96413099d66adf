import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from "fastify";
import { Problem } from "./problem.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The place that a prediction has taken among those under way; null for other requests. */
    place: Place | null;
  }
}

interface Place {
  running: boolean;
  left: boolean;
}

/**
 * Bounds the predictions under way: from the head of a request to the end of its work, also where the client has gone
 * meanwhile. More are refused at once.
 */
export class InFlight {
  readonly #most: number;
  #count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  /** For `onRequest`. @throws Problem 429 where all places are taken */
  readonly enter = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (this.#count >= this.#most)
      throw new Problem({ status: 429, detail: "Too many predictions are under way.", retryAfter: 1 });
    const place: Place = { running: false, left: false };
    this.#count++;
    request.place = place;
    reply.raw.once("close", () => {
      if (!place.running) this.#leave(place);
    });
  };

  /** A handler whose work holds the request's place until it is done. */
  holding(work: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): RouteHandlerMethod {
    return async (request, reply) => {
      const place = request.place!;
      place.running = true;
      try {
        return await work(request, reply);
      } finally {
        place.running = false;
        this.#leave(place);
      }
    };
  }

  #leave(place: Place): void {
    if (place.left) return;
    place.left = true;
    this.#count--;
  }
}
