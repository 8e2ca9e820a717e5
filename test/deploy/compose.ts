import { readFileSync } from "node:fs";
import { parse } from "yaml";
import * as z from "zod";

const file = new URL("../../deploy/compose.yaml", import.meta.url);

const serviceSchema = z.object({
  image: z.string(),
  build: z
    .object({ context: z.string(), dockerfile: z.string(), args: z.record(z.string(), z.string()) })
    .optional(),
  environment: z.record(z.string(), z.coerce.string()).default({}),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  read_only: z.boolean().default(false),
  stop_grace_period: z.string().optional(),
});

const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.unknown()),
});

export type Compose = z.output<typeof composeSchema>;

export function readCompose(): Compose {
  return composeSchema.parse(parse(readFileSync(file, "utf8"), { merge: true }));
}

/** A value as compose fills it in when no variable is set. */
export function filledIn(value: string): string {
  return value.replace(/\$\{\w+:-([^}]*)\}/g, "$1");
}

/** Finds what is wrong, one sentence each; nothing when all is well. */
export function composeProblems({ services, volumes }: Compose): string[] {
  return Object.entries(services).flatMap(([name, service]) => [
    ...Object.entries(service.depends_on)
      .filter(([other, { condition }]) => condition === "service_healthy" && !services[other]?.healthcheck)
      .map(([other]) => `${name} waits for the health of ${other}, which has none`),
    ...service.volumes
      .map((volume) => volume.split(":")[0] ?? "")
      .filter((source) => !source.startsWith(".") && !(source in volumes))
      .map((source) => `${name} mounts the volume ${source}, which is not named`),
    ...Object.entries(service.environment)
      .map(([variable, value]) => [variable, filledIn(value)] as const)
      .filter(([, value]) => /^[a-z]+:\/\//.test(value) && !(new URL(value).hostname in services))
      .map(([variable, value]) => `${name}: ${variable} is ${value}, and no service has that name`),
    // Everything that listens is for this machine alone.
    ...service.ports
      .filter((port) => !port.startsWith("127.0.0.1:"))
      .map((port) => `${name} is open to the network on ${port}`),
    ...(/(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/.test(service.image)
      ? []
      : [`${name}: its image is not pinned`]),
  ]);
}
