import { spawn } from "node:child_process";

/**
 * Ends a process when this one ends, however it ends. A shell waits on a pipe from us: when we are gone, killed or not,
 * the system closes the pipe, and the shell ends the process. Returns what undoes the bond. Windows has no such shell:
 * there the process is ended when this one exits by itself.
 */
export function bindToParent(pid: number): () => void {
  return process.platform === "win32" ? bindToExit(pid) : bindByPipe(pid);
}

function bindByPipe(pid: number): () => void {
  const script = 'read -r _; kill "$1"';
  const guard = spawn("/bin/sh", ["-c", script, "sh", String(pid)], {
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
