import { hasPort } from "./check-pods.ts";
import { type Check, containersOf, type Manifests, podOf } from "./manifests.ts";

/** Services and workloads find their pods, and the ports of services are there. */
export const checkSelectors: Check = ({ workloads, services }) => {
  const pods = workloads.map((workload) => ({ workload, ...podOf(workload) }));
  const lost = pods.filter(({ workload, labels }) => !matches(workload.spec?.selector?.matchLabels, labels));
  return [
    ...lost.map(({ workload }) => `${workload.metadata.name} does not select its own pods`),
    ...services.flatMap(({ metadata: { name }, spec }) => {
      const selected = pods.filter(({ labels }) => matches(spec?.selector, labels));
      if (selected.length !== 1) return [`service ${name} selects ${selected.length} workloads`];
      const containers = selected.flatMap((pod) => pod.spec.containers);
      return (spec?.ports ?? [])
        .filter(
          ({ port, targetPort = port }) => !containers.some((container) => hasPort(container, targetPort)),
        )
        .map(({ port, targetPort = port }) => `service ${name}: no container has the port ${targetPort}`);
    }),
  ];
};

/** What a pod refers to is there. */
export const checkReferences: Check = (manifests) => {
  const known = (kind: string, name = "") =>
    manifests.all.some((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  return containersOf(manifests).flatMap(({ name, container, pod }) => {
    const claims = manifests.workloads.flatMap(({ spec }) =>
      spec && "volumeClaimTemplates" in spec ? (spec.volumeClaimTemplates ?? []) : [],
    );
    const volumes = [
      ...(pod.volumes ?? []).map((volume) => volume.name),
      ...claims.map(({ metadata }) => metadata?.name),
    ];
    const maps = [
      ...(container.envFrom ?? []).flatMap(({ configMapRef }) => configMapRef ?? []),
      ...(pod.volumes ?? []).flatMap(({ configMap }) => configMap ?? []),
    ];
    const secrets = (container.envFrom ?? []).flatMap(({ secretRef }) => secretRef ?? []);
    return [
      ...maps
        .filter((map) => !known("ConfigMap", map.name))
        .map((map) => `${name}: no ConfigMap ${map.name}`),
      ...secrets
        .filter((secret) => !known("Secret", secret.name))
        .map((secret) => `${name}: no Secret ${secret.name}`),
      ...(container.volumeMounts ?? [])
        .filter((mount) => !volumes.includes(mount.name))
        .map((mount) => `${name}: no volume ${mount.name}`),
    ];
  });
};

/** The addresses that services are told are those of services, with a port that they have. */
export const checkAddresses: Check = (manifests) =>
  containersOf(manifests).flatMap(({ name, container }) =>
    Object.entries(variablesOf(manifests, container)).flatMap(([variable, value]) => {
      const url = /^[a-z]+:\/\//.test(value) ? new URL(value) : undefined;
      if (url === undefined) return [];
      const service = manifests.services.find(({ metadata }) => metadata.name === url.hostname);
      const port = service?.spec?.ports?.find((offered) => String(offered.port) === url.port);
      return port ? [] : [`${name}: ${variable} is ${value}, and no service answers there`];
    }),
  );

/** The images are named by a tag or a digest that stays. */
export const checkImages: Check = (manifests) =>
  containersOf(manifests)
    .filter(({ container }) => !/(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/.test(container.image ?? ""))
    .map(({ name, container }) => `${name}: the image ${container.image} is not pinned`);

/** The variables of a container, wherever they are written. */
export function variablesOf(
  manifests: Manifests,
  container: ReturnType<typeof containersOf>[number]["container"],
): Record<string, string> {
  const data = (container.envFrom ?? []).map(({ configMapRef, secretRef }) => {
    if (configMapRef)
      return manifests.configMaps.find(({ metadata }) => metadata.name === configMapRef.name)?.data;
    const secret = manifests.secrets.find(({ metadata }) => metadata.name === secretRef?.name);
    return Object.fromEntries(Object.entries(secret?.data ?? {}).map(([key, value]) => [key, atob(value)]));
  });
  const own = (container.env ?? []).map(({ name, value = "" }) => [name, value]);
  return Object.assign({}, ...data, Object.fromEntries(own));
}

function matches(selector: Record<string, string> | undefined, labels: Record<string, string>): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([label, value]) => labels[label] === value);
}
