import { fileURLToPath } from "node:url";

/** The services of this system, in the order in which they are started. */
export const serviceNames = ["gateway", "report-worker", "notification-worker"] as const;

/** The name of a service: its folder in `services/`, and what its log lines carry. */
export type ServiceName = (typeof serviceNames)[number];

/** The file that is run for a service. */
export function mainFile(name: ServiceName): string {
  return fileURLToPath(new URL(`../../../services/${name}/src/main.ts`, import.meta.url));
}
