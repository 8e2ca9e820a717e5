import { spawn } from "node:child_process";

/** Waits until stdin is closed, then ends process $1, bounded, and removes folder $2. */
const guardScript = `
  read -r _
  kill "$1"
  tries=0
  while kill -0 "$1" && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -9 "$1"
  rm -rf "$2"
`;

/**
 * Ends a process when this one ends, however it ends, and then removes its temporary folder. A shell waits on a pipe from
 * us: when we are gone, killed or not, the system closes the pipe. Returns what undoes the bond. Windows has no such
 * shell: there the process ends when this one exits by itself.
 */
export function bindToParent(pid: number, folder: string): () => void {
  return process.platform === "win32" ? bindToExit(pid) : bindByPipe(pid, folder);
}

function bindByPipe(pid: number, folder: string): () => void {
  // A group of its own, so that a Ctrl-C does not end the guard before its work.
  const guard = spawn("/bin/sh", ["-c", guardScript, "sh", String(pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.unref();
  guard.on("error", () => {});
  return () => guard.kill("SIGKILL");
}

function bindToExit(pid: number): () => void {
  const end = () => process.kill(pid);
  process.once("exit", end);
  return () => process.off("exit", end);
}
