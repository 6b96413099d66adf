import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

/**
 * Watches which methods every path has. What it gives is to be called behind the last route: other methods of those paths are
 * answered with 405 and the ones that there are.
 */
export function watchMethods(app: FastifyInstance): () => void {
  const known = new Map<string, Set<string>>();
  let watching = true;
  app.addHook("onRoute", ({ url, method }) => {
    if (!watching) return;
    const methods = known.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    known.set(url, methods);
  });
  return () =>
    void app.register(async (scope) => {
      watching = false;
      for (const [url, methods] of known) {
        const allow = [...methods].sort().join(", ");
        const refuse = async (): Promise<never> => {
          throw new Problem({ status: 405, detail: `This path takes ${allow}.`, allow });
        };
        const others = app.supportedMethods.filter((method) => !methods.has(method));
        scope.route({ method: others, url, schema: { hide: true }, onRequest: refuse, handler: refuse });
      }
    });
}
