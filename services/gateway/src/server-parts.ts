import type { Logger, Telemetry } from "@linecook/telemetry";
import type { Backend } from "./backend.ts";
import type { GatewayConfig } from "./config.ts";
import type { StreamSlots } from "./stream-slots.ts";

/** What the routes work with. */
export interface ServerParts {
  readonly config: Pick<GatewayConfig, "limits" | "events">;
  /** What stands behind HTTP. Throws a `Problem` while it is not there. */
  readonly backend: () => Backend;
  /** Aborts when streams and waits must end. */
  readonly stopping: AbortSignal;
  readonly streams: StreamSlots;
  readonly logger: Logger;
  readonly telemetry: Pick<Telemetry, "enabled" | "nameRequest">;
}

/** What a route is made with. */
export interface RouteParts extends ServerParts {
  /** The OpenAPI document of the moment. */
  readonly openApi: () => object;
}
