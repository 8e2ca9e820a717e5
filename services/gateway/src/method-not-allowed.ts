import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/**
 * Takes note of the routes that are registered from now on. What it returns answers 405 at their paths, to the methods
 * that they do not take.
 */
export function refuseOtherMethods(app: FastifyInstance): (scope: FastifyInstance) => void {
  const allowed = new Map<string, { url: string; methods: Set<string> }>();
  app.addHook("onRoute", ({ method, url }) => {
    const shape = url.replaceAll(/:\w+/g, ":");
    const route = allowed.get(shape) ?? { url, methods: new Set() };
    for (const one of [method].flat()) route.methods.add(one);
    allowed.set(shape, route);
  });
  return (scope) => {
    for (const route of [...allowed.values()]) {
      const headers = { allow: [...route.methods].sort().join(", ") };
      const refuse = async () => {
        throw new Problem("method_not_allowed", { headers });
      };
      const method = methods.filter((one) => !route.methods.has(one));
      scope.route({ method, url: route.url, exposeHeadRoute: false, onRequest: refuse, handler: refuse });
    }
  };
}
