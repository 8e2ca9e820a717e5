import { Program } from "../program.ts";

/** Starts one of the programs beside this file. */
export function startProgram(name: string, env: Record<string, string>): Promise<Program> {
  return Program.start(new URL(`./programs/${name}.ts`, import.meta.url), env);
}
