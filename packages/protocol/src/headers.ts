/**
 * The headers of messages on the wire. Names are case-sensitive. `traceparent` and `tracestate` are W3C Trace
 * Context, `Nats-*` are the server's (ADR-4, ADR-8, ADR-43, ADR-51 of NATS); the rest is ours.
 */
export const headers = {
  /** The attempt a task message stands for; the first is 1. */
  attempt: "Task-Attempt",
  /** When the submitter published the task (RFC 3339). */
  submittedAt: "Task-Submitted-At",
  /** On a retry: the stream sequence of the task's record, which its worker expects to find unchanged. */
  recordSequence: "Task-Record-Sequence",
  /** On a dead letter: the lane it was submitted to. */
  lane: "Task-Lane",
  /** On a dead letter: when the task failed for good (RFC 3339). */
  failedAt: "Task-Failed-At",
  /** On a dead letter: the stable word for why. */
  errorCode: "Task-Error-Code",
  /** On a dead letter: the sentence for why, in one line. */
  error: "Task-Error",
  /** The W3C trace context of the publish. */
  traceparent: "traceparent",
  /** What goes with it. */
  tracestate: "tracestate",
  /** Within the stream's dedupe window a second message with the same id is not stored. */
  messageId: "Nats-Msg-Id",
  /** Store only if the last message of this subject has this stream sequence; 0: only if there is none. */
  expectedLastSubjectSequence: "Nats-Expected-Last-Subject-Sequence",
  /** How long the server keeps the message, as a Go duration. */
  ttl: "Nats-TTL",
  /** When the server fires a held message: `@at <RFC 3339>` or six cron fields. */
  schedule: "Nats-Schedule",
  /** The subject on which the server fires it. */
  scheduleTarget: "Nats-Schedule-Target",
  /** On a republished message: the stream sequence of the stored one. */
  sequence: "Nats-Sequence",
} as const;
