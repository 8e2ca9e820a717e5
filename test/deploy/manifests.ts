import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { IDeployment, IStatefulSet } from "kubernetes-models/apps/v1";
import type { IConfigMap, IContainer, IPodSpec, ISecret, IService } from "kubernetes-models/v1";
import { parseAllDocuments } from "yaml";

/** Any object of Kubernetes. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
}

/** What is rendered for a cluster, by kind. */
export interface Manifests {
  all: Manifest[];
  workloads: (Manifest & (IDeployment | IStatefulSet))[];
  services: (Manifest & IService)[];
  configMaps: (Manifest & IConfigMap)[];
  secrets: (Manifest & ISecret)[];
}

/** Finds what is wrong, one sentence each; nothing when all is well. */
export type Check = (manifests: Manifests) => string[];

/** Whether this machine has a kubectl to render with. */
export function hasKubectl(): boolean {
  try {
    execFileSync("kubectl", ["version", "--client"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export function render(overlay: string): string {
  const folder = fileURLToPath(new URL(`../../deploy/k8s/overlays/${overlay}`, import.meta.url));
  return execFileSync("kubectl", ["kustomize", folder], { encoding: "utf8" });
}

export function readManifests(yaml: string): Manifests {
  const all = parseAllDocuments(yaml).map((document) => document.toJS() as Manifest);
  const ofKind = <Kind>(...kinds: string[]) =>
    all.filter(({ kind }) => kinds.includes(kind)) as (Manifest & Kind)[];
  return {
    all,
    workloads: ofKind("Deployment", "StatefulSet"),
    services: ofKind("Service"),
    configMaps: ofKind("ConfigMap"),
    secrets: ofKind("Secret"),
  };
}

/** The pod of a workload. */
export function podOf(workload: Manifests["workloads"][number]): {
  labels: Record<string, string>;
  spec: IPodSpec;
} {
  const template = workload.spec?.template;
  return { labels: template?.metadata?.labels ?? {}, spec: template?.spec ?? { containers: [] } };
}

/** Every container, with the pod it is in and a name for messages. */
export function containersOf(manifests: Manifests): { name: string; container: IContainer; pod: IPodSpec }[] {
  return manifests.workloads.flatMap((workload) => {
    const { spec } = podOf(workload);
    return spec.containers.map((container) => ({
      name: `${workload.metadata.name}/${container.name}`,
      container,
      pod: spec,
    }));
  });
}
