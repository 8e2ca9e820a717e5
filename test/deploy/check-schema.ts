import { validate as deployment } from "kubernetes-models/_schemas/IoK8sApiAppsV1Deployment";
import { validate as statefulSet } from "kubernetes-models/_schemas/IoK8sApiAppsV1StatefulSet";
import { validate as configMap } from "kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap";
import { validate as namespace } from "kubernetes-models/_schemas/IoK8sApiCoreV1Namespace";
import { validate as secret } from "kubernetes-models/_schemas/IoK8sApiCoreV1Secret";
import { validate as service } from "kubernetes-models/_schemas/IoK8sApiCoreV1Service";
import type { Check, Manifest } from "./manifests.ts";

/** A validator as the package compiled it: it leaves its findings beside itself. */
interface Validator {
  (data: unknown): boolean;
  errors?: { instancePath: string; keyword: string; params: object }[] | null;
}

const validators: Readonly<Record<string, Validator>> = {
  "apps/v1 Deployment": deployment,
  "apps/v1 StatefulSet": statefulSet,
  "v1 ConfigMap": configMap,
  "v1 Namespace": namespace,
  "v1 Secret": secret,
  "v1 Service": service,
};

/** Each object is what the API takes: no field missing, of another type, or unknown. */
export const checkSchema: Check = ({ all }) =>
  all.flatMap((manifest) =>
    schemaProblems(manifest).map((problem) => `${manifest.kind} ${manifest.metadata.name}: ${problem}`),
  );

function schemaProblems(manifest: Manifest): string[] {
  const validate = validators[`${manifest.apiVersion} ${manifest.kind}`];
  if (validate === undefined) return ["a kind that is not looked at"];
  const read = new Set<string>();
  if (!validate(recording(manifest, "", read))) {
    return (validate.errors ?? []).map(
      ({ instancePath, keyword, params }) => `${instancePath}: ${keyword} ${JSON.stringify(params)}`,
    );
  }
  return fieldsOf(manifest)
    .filter((path) => !read.has(path))
    .map((path) => `unknown field ${path}`);
}

/** The validators take unknown fields without a word, and never look at them: a field that nobody read is unknown. */
function recording(value: unknown, path: string, read: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, field, receiver) {
      const found = Reflect.get(target, field, receiver);
      if (typeof field === "symbol" || !Object.hasOwn(target, field)) return found;
      read.add(`${path}/${field}`);
      return recording(found, `${path}/${field}`, read);
    },
  });
}

function fieldsOf(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) => [
    `${path}/${field}`,
    ...fieldsOf(inner, `${path}/${field}`),
  ]);
}
