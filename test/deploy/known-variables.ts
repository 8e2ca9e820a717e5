import { readFileSync } from "node:fs";
import { readConfig as readGatewayConfig } from "@linecook/gateway";
import { type ServiceName, serviceNames } from "@linecook/local";
import { readConfig as readNotificationConfig } from "@linecook/notification-worker";
import { readConfig as readReportConfig } from "@linecook/report-worker";

/** Reads the variables of each service, and throws when some are bad. */
export const readers: Record<ServiceName, (env: Record<string, string>) => unknown> = {
  gateway: readGatewayConfig,
  "notification-worker": readNotificationConfig,
  "report-worker": readReportConfig,
};

const shared = ["variable-groups", "process-variables"].map((file) => `packages/service/src/${file}.ts`);
/** What Node and OpenTelemetry read. */
const ofOthers = /^(NODE_|OTEL_)/;

/** Says what is wrong with the variables that a service is given: those that it does not know, and bad values. */
export function variableProblems(service: string, variables: Record<string, string>): string[] {
  if (!isService(service)) return [];
  const known = knownVariables(service);
  const unknown = Object.keys(variables).filter((name) => !known.has(name) && !ofOthers.test(name));
  return [...unknown.map((name) => `${service} knows no variable ${name}`), ...badValues(service, variables)];
}

/** The variables that a service can be given, but for those of Node and OpenTelemetry. */
export function knownVariables(service: ServiceName): Set<string> {
  return namesIn([`services/${service}/src/config.ts`, ...shared]);
}

function badValues(service: ServiceName, variables: Record<string, string>): string[] {
  try {
    readers[service](variables);
    return [];
  } catch (error) {
    return [`${service}: ${error instanceof Error ? error.message : error}`];
  }
}

const isService = (name: string): name is ServiceName => (serviceNames as readonly string[]).includes(name);

/** The variables stand as the keys of schemas in the files that read them. */
function namesIn(files: readonly string[]): Set<string> {
  const sources = files.map((file) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8"));
  return new Set(
    sources.flatMap((source) =>
      [...source.matchAll(/^\s+([A-Z][A-Z0-9_]+):/gm)].map(([, name = ""]) => name),
    ),
  );
}
