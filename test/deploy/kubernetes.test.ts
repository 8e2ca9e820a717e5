import { serviceNames } from "@linecook/local";
import { describe, expect, it } from "vitest";
import { checkAddresses, checkImages, checkReferences, checkSelectors } from "./check-names.ts";
import { checkProbes, checkResources, checkRights, checkShutdown } from "./check-pods.ts";
import { checkSchema } from "./check-schema.ts";
import { checkVariables } from "./check-variables.ts";
import { hasKubectl, podOf, readManifests, render } from "./manifests.ts";

const checks = {
  checkAddresses,
  checkImages,
  checkProbes,
  checkReferences,
  checkResources,
  checkRights,
  checkSchema,
  checkSelectors,
  checkShutdown,
  checkVariables,
};

// Rendering needs kubectl, which is in neither npm nor every Debian: without it these tests are skipped, and counted so.
describe.skipIf(!hasKubectl())("the manifests for Kubernetes (skipped where there is no kubectl)", () => {
  const yaml = hasKubectl() ? render("local") : "";

  it.each(Object.entries(checks))("pass %s", (_name, check) => {
    expect(check(readManifests(yaml))).toEqual([]);
  });

  it("run every service, each as a deployment of its own", () => {
    const { workloads } = readManifests(yaml);
    const names = workloads.filter(({ kind }) => kind === "Deployment").map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining([...serviceNames]));
    for (const workload of workloads) expect(podOf(workload).spec.containers).toHaveLength(1);
  });

  it.each<[check: keyof typeof checks, what: string, from: string | RegExp, to: string, problem: string]>([
    ["checkSchema", "a field of another type", "replicas: 2", "replicas: two", "Deployment gateway"],
    ["checkSchema", "a bad quantity", "memory: 512Mi", "memory: lots", "Deployment gateway"],
    ["checkSchema", "a misspelt field", "readOnlyRootFilesystem", "readOnlyRootFileSystem", "unknown field"],
    ["checkSchema", "a kind that is not looked at", "kind: Namespace", "kind: Nomespace", "not looked at"],
    ["checkProbes", "a probe that is missing", "startupProbe", "stertupProbe", "has no startupProbe"],
    ["checkProbes", "a probe of a port that is not there", /port: http$/m, "port: https", "asks port https"],
    [
      "checkProbes",
      "a restart for an unready broker",
      "path: /healthz\n",
      "path: /readyz\n",
      "asks for readiness",
    ],
    [
      "checkResources",
      "a limit that is missing",
      /limits:\n\s+cpu: .*\n/,
      "limits:\n",
      "has no cpu in its limits",
    ],
    ["checkRights", "root", "runAsNonRoot: true", "runAsNonRoot: false", "may run as root"],
    [
      "checkRights",
      "a writable root",
      "readOnlyRootFilesystem: true",
      "readOnlyRootFilesystem: false",
      "can write",
    ],
    [
      "checkRights",
      "a token",
      "automountServiceAccountToken: false",
      "automountServiceAccountToken: true",
      "token",
    ],
    [
      "checkSelectors",
      "a service without pods",
      /(selector:\n\s+app.kubernetes.io\/name: )mail/,
      "$1post",
      "selects 0",
    ],
    [
      "checkSelectors",
      "a service of a port that is not there",
      "targetPort: http",
      "targetPort: web",
      "port web",
    ],
    [
      "checkSelectors",
      "a workload without its pods",
      /(matchLabels:\n\s+app.kubernetes.io\/name: )mail/,
      "$1post",
      "mail",
    ],
    [
      "checkReferences",
      "a ConfigMap that is not there",
      /(kind: ConfigMap\n(.*\n)*?\s+name: linecook)-/,
      "$1s-",
      "no ConfigMap linecook-",
    ],
    [
      "checkReferences",
      "a volume that is not there",
      "name: cache\n        - mountPath",
      "name: cash\n        - mountPath",
      "no volume cash",
    ],
    [
      "checkAddresses",
      "a broker elsewhere",
      "nats://nats:4222",
      "nats://nuts:4222",
      "NATS_URL is nats://nuts:4222",
    ],
    [
      "checkAddresses",
      "a port that is not offered",
      "http://jaeger:4318",
      "http://jaeger:4317",
      "no service answers",
    ],
    ["checkImages", "an image of the day", "linecook/gateway:local", "linecook/gateway:latest", "not pinned"],
    ["checkImages", "an image without a tag", "linecook/gateway:local", "linecook/gateway", "not pinned"],
    [
      "checkVariables",
      "a misspelt variable",
      "DUCKDB_MEMORY_MB",
      "DUCKDB_MEMORY_GB",
      "report-worker knows no variable",
    ],
    ["checkVariables", "a bad value", 'HTTP_PORT: "8000"', 'HTTP_PORT: "80000"', "HTTP_PORT is"],
    [
      "checkShutdown",
      "a kill before the orderly end",
      "terminationGracePeriodSeconds: 40",
      "terminationGracePeriodSeconds: 30",
      "gateway is killed",
    ],
    [
      "checkShutdown",
      "an end before that of the tasks",
      /(WORKER_GRACE_MS\n\s+value: )"20000"/,
      '$1"40000"',
      "its tasks may go on",
    ],
  ])("fail %s for %s", (check, _what, from, to, problem) => {
    const broken = yaml.replace(from, to);
    expect(broken).not.toBe(yaml);
    expect(checks[check](readManifests(broken)).join("\n")).toContain(problem);
  });
});
