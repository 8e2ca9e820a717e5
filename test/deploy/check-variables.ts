import { variablesOf } from "./check-names.ts";
import { variableProblems } from "./known-variables.ts";
import { type Check, containersOf } from "./manifests.ts";

/** Each service knows the variables that it is given, and takes their values. */
export const checkVariables: Check = (manifests) =>
  containersOf(manifests).flatMap(({ container }) =>
    variableProblems(container.name, variablesOf(manifests, container)),
  );
