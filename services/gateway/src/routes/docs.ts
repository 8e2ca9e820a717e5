import swagger, { type SwaggerOptions } from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import type { RouteParts } from "../server-parts.ts";

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/** `GET /docs`: the OpenAPI document as a page to read and try. Everything that it loads comes from here. */
export function docs(app: FastifyInstance, { openApi }: RouteParts): void {
  // The page wants a document when it is registered; what it shows is the one of the moment.
  const document = { openapi: "3.1.0", info: { title: "Linecook", version: "1" }, paths: {} };
  const options: SwaggerOptions = { mode: "static", specification: { document } };
  void app.register(swagger, options);
  void app.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: policy,
    theme: { title: "Linecook" },
    // Without the bar on top, which is for looking at documents from elsewhere.
    uiConfig: { layout: "BaseLayout", deepLinking: true, tryItOutEnabled: true, defaultModelsExpandDepth: 0 },
    transformSpecification: openApi,
    transformSpecificationClone: false,
  });
}
