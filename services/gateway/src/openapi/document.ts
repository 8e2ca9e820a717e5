import type { FastifyInstance } from "fastify";
import type { KnownTask } from "../known-tasks.ts";
import type { Operation } from "./operation.ts";
import { componentSchemas } from "./schemas.ts";
import { describeKnownTask } from "./task-paths.ts";

/** The OpenAPI document, made anew when the known tasks change. */
export type OpenApi = (known: ReadonlyMap<string, KnownTask>) => object;

type Paths = Record<string, Record<string, Operation>>;

const info = {
  title: "Linecook",
  version: "1",
  description:
    "Hand in a task, get its id at once, and learn by polling, by a long poll or by a stream of events when it is done.",
};

/** Collects what the routes that are registered from now on say of themselves. */
export function collectOpenApi(app: FastifyInstance): OpenApi {
  const paths: Paths = {};
  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.operation === undefined || typeof method !== "string" || method === "HEAD") return;
    const path = url.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [method.toLowerCase()]: config.operation };
  });
  const schemas = componentSchemas();
  let madeOf: ReadonlyMap<string, KnownTask> | undefined;
  let made: object = {};
  return (known) => {
    if (known === madeOf) return made;
    made = assemble(paths, schemas, known);
    madeOf = known;
    return made;
  };
}

function assemble(
  routes: Paths,
  common: Record<string, object>,
  known: ReadonlyMap<string, KnownTask>,
): object {
  const paths: Paths = { ...routes };
  let schemas = common;
  for (const [name, task] of [...known].sort(([a], [b]) => a.localeCompare(b))) {
    const described = describeKnownTask(task);
    paths[`/v1/tasks/${name}`] = { post: described.operation };
    schemas = { ...schemas, ...described.schemas };
  }
  return { openapi: "3.1.0", info, paths, components: { schemas } };
}
