import type { IContainer } from "kubernetes-models/v1";
import { type Check, containersOf, podOf } from "./manifests.ts";

/** Each container says when it has started, when it can work and when it must be restarted. */
export const checkProbes: Check = (manifests) =>
  containersOf(manifests).flatMap(({ name, container }) => {
    const probes = (["startupProbe", "readinessProbe", "livenessProbe"] as const).map(
      (kind) => [kind, container[kind]] as const,
    );
    return probes.flatMap(([kind, probe]) => {
      if (probe?.httpGet === undefined) return [`${name} has no ${kind}`];
      const { port, path } = probe.httpGet;
      return [
        ...(hasPort(container, port)
          ? []
          : [`${name}: its ${kind} asks port ${port}, which it does not have`]),
        // A restart mends no broker: what asks for others must not decide over life.
        ...(kind !== "readinessProbe" && path === "/readyz"
          ? [`${name}: its ${kind} asks for readiness`]
          : []),
      ];
    });
  });

/** Each container says what it needs and what it may take. */
export const checkResources: Check = (manifests) =>
  containersOf(manifests).flatMap(({ name, container }) =>
    (["requests", "limits"] as const).flatMap((kind) =>
      ["cpu", "memory"]
        .filter((resource) => container.resources?.[kind]?.[resource] === undefined)
        .map((resource) => `${name} has no ${resource} in its ${kind}`),
    ),
  );

/** Each pod can do no more than its work: what the pod security standard `restricted` asks for, and some more. */
export const checkRights: Check = (manifests) =>
  containersOf(manifests).flatMap(({ name, container, pod }) => {
    const own = container.securityContext;
    const rules: [boolean, string][] = [
      [pod.securityContext?.runAsNonRoot === true, "may run as root"],
      [(pod.securityContext?.runAsUser ?? 0) > 0, "names no user by its number"],
      [pod.securityContext?.seccompProfile?.type === "RuntimeDefault", "has no seccomp profile"],
      [pod.automountServiceAccountToken === false, "gets a token of the cluster"],
      [own?.allowPrivilegeEscalation === false, "may gain privileges"],
      [own?.readOnlyRootFilesystem === true, "can write to its root"],
      [own?.capabilities?.drop?.includes("ALL") === true, "keeps capabilities"],
    ];
    return rules.filter(([holds]) => !holds).map(([, what]) => `${name} ${what}`);
  });

/** Each pod has the time that its orderly end takes. */
export const checkShutdown: Check = ({ workloads }) =>
  workloads.flatMap((workload) => {
    const { spec } = podOf(workload);
    const { name } = workload.metadata;
    return spec.containers.flatMap((container) => {
      const limitMs = numberOf(container, "SHUTDOWN_TIMEOUT_MS");
      if (limitMs === undefined) return [];
      const needMs = (container.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1_000 + limitMs;
      const graceMs = (spec.terminationGracePeriodSeconds ?? 30) * 1_000;
      const workMs = numberOf(container, "WORKER_GRACE_MS") ?? 0;
      return [
        ...(graceMs > needMs
          ? []
          : [`${name} is killed after ${graceMs} ms, and may need ${needMs} ms to end`]),
        ...(limitMs > workMs
          ? []
          : [`${name} ends after ${limitMs} ms, while its tasks may go on for ${workMs} ms`]),
      ];
    });
  });

export function hasPort(container: IContainer, port: string | number): boolean {
  return (container.ports ?? []).some(({ name, containerPort }) => name === port || containerPort === port);
}

function numberOf(container: IContainer, variable: string): number | undefined {
  const value = container.env?.find(({ name }) => name === variable)?.value;
  return value === undefined ? undefined : Number(value);
}
