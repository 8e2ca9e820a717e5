import swagger, { type SwaggerOptions } from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import type { OpenApi } from "../openapi/document.ts";
import type { ServerParts } from "../server-parts.ts";

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/** `GET /docs`: the OpenAPI document as a page to read and try. Everything that it loads comes from here. */
export function docs(app: FastifyInstance, { backend }: ServerParts, openApi: OpenApi): void {
  // The page wants a document when it is registered; what it shows is the one of the moment.
  const document = { openapi: "3.1.0", info: { title: "Linecook", version: "1" }, paths: {} };
  const options: SwaggerOptions = { mode: "static", specification: { document } };
  void app.register(swagger, options);
  void app.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: policy,
    theme: { title: "Linecook" },
    uiConfig: { docExpansion: "list", tryItOutEnabled: true, defaultModelsExpandDepth: 0 },
    transformSpecification: () => openApi(backend().known.all),
    transformSpecificationClone: false,
  });
}
