import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { serviceNames } from "@linecook/local";
import { describe, expect, it } from "vitest";
import { type Compose, composeProblems, filledIn, readCompose } from "./compose.ts";
import { variableProblems } from "./known-variables.ts";
import { containersOf, hasKubectl, readManifests, render } from "./manifests.ts";

const folder = new URL("../../deploy/", import.meta.url);

describe("compose.yaml", () => {
  it("has no problems", () => {
    expect(composeProblems(readCompose())).toEqual([]);
  });

  it.each<[what: string, change: (compose: Compose) => void, problem: string]>([
    [
      "waits for a health that nobody tells",
      ({ services }) => delete services["nats"]?.healthcheck,
      "waits for the health",
    ],
    ["mounts a volume without a name", (compose) => delete compose.volumes["nats"], "mounts the volume nats"],
    [
      "tells an address of nobody",
      ({ services }) => delete services["jaeger"],
      "OTEL_EXPORTER_OTLP_ENDPOINT is",
    ],
    [
      "is open to the network",
      ({ services }) => services["gateway"]?.ports.push("8000:8000"),
      "open to the network",
    ],
    [
      "takes whatever image there is",
      ({ services }) => Object.assign(services["nats"] ?? {}, { image: "nats" }),
      "not pinned",
    ],
  ])("is refused when it %s", (_what, change, problem) => {
    const compose = readCompose();
    change(compose);
    expect(composeProblems(compose).join("\n")).toContain(problem);
  });

  it.each(serviceNames)("builds %s from the one Dockerfile, and gives it variables that it knows", (name) => {
    const service = readCompose().services[name];
    expect(service?.build).toEqual({
      context: "..",
      dockerfile: "deploy/Dockerfile",
      args: { SERVICE: name },
    });
    expect(service?.read_only).toBe(true);
    const variables = Object.entries(service?.environment ?? {}).map(([key, value]) => [
      key,
      filledIn(value),
    ]);
    expect(variableProblems(name, Object.fromEntries(variables))).toEqual([]);
  });

  it("mounts files that are there, and a configuration that the broker takes", () => {
    const mounts = Object.values(readCompose().services).flatMap(({ volumes }) => volumes);
    const files = mounts.filter((mount) => mount.startsWith(".")).map((mount) => mount.split(":")[0] ?? "");
    for (const file of files) expect(existsSync(new URL(file, folder)), file).toBe(true);
    const config = fileURLToPath(new URL("k8s/base/nats/nats.conf", folder));
    const server = process.env["LINECOOK_NATS_SERVER"] ?? "nats-server";
    const env = { ...process.env, SERVER_NAME: "nats" };
    expect(() => execFileSync(server, ["-c", config, "-t"], { env, stdio: "pipe" })).not.toThrow();
  });

  it.skipIf(!hasKubectl())("runs the images that Kubernetes runs (skipped where there is no kubectl)", () => {
    const { services } = readCompose();
    const images = containersOf(readManifests(render("local"))).map(({ container }) => container.image);
    expect(images.sort()).toEqual(
      Object.values(services)
        .map(({ image }) => image)
        .sort(),
    );
  });
});
