import { ProtocolError } from "@linecook/protocol";
import { TasksError, type TasksErrorCode } from "@linecook/tasks";
import { describe, expect, it } from "vitest";
import { Problem } from "./problem.ts";
import { problemOf } from "./problem-of.ts";

const secret = "nats://user:password@10.0.0.7";

describe("problemOf", () => {
  it.each<[TasksErrorCode, string]>([
    ["not_found", "task_not_found"],
    ["artifact_not_found", "artifact_not_found"],
    ["payload_too_large", "body_too_large"],
    ["store_full", "store_full"],
    ["disconnected", "nats_unavailable"],
    ["timeout", "nats_unavailable"],
    ["refused", "nats_unavailable"],
    ["closed", "not_ready"],
    ["conflict", "internal"],
  ])("makes of the engine's %s the problem %s", (code, problem) => {
    expect(problemOf(new TasksError(code, secret)).code).toBe(problem);
  });

  it("takes a text that is no task id for a task that is not there", () => {
    expect(problemOf(new ProtocolError("bad_task_id", "x")).code).toBe("task_not_found");
    expect(problemOf(new ProtocolError("bad_record", "x")).code).toBe("internal");
  });

  it("gives a problem back as it is", () => {
    const problem = new Problem("unknown_task", { detail: "No such tea." });
    expect(problemOf(problem)).toBe(problem);
  });

  it.each([new Error(secret), new TasksError("conflict", secret), secret, undefined])(
    "tells a client nothing of what went wrong inside",
    (error) => {
      const problem = problemOf(error);
      expect(problem.code).toBe("internal");
      expect(problem.message).not.toContain("password");
      expect(problem.cause).toBe(error);
    },
  );
});
