import {
  attemptMessageId,
  type ConsumerPlan,
  consumerPlans,
  deadSubject,
  eventSubject,
  finalStates,
  headers,
  heartbeatIntervalMs,
  heartbeatTtlMs,
  inputHeadroomBytes,
  lanes,
  laterSubject,
  names,
  recordSubject,
  resultTtlMs,
  type StreamPlan,
  streamPlans,
  type TaskState,
  taskIdParts,
  taskIdPattern,
  taskNamePattern,
  taskRecordSchema,
  taskStates,
  taskSubject,
  taskTypeSchema,
  workerHeartbeatSchema,
} from "../../packages/protocol/src/index.ts";
import { docComments } from "./doc-comments.ts";
import { code, markdownTable } from "./markdown-table.ts";
import { schemaTable } from "./schema-table.ts";

/** An id whose parts are told apart in what is made of it. */
const sampleId = "a_task-00000000000000000000000";
const sample = taskIdParts(sampleId);

/** What is on the wire, for whoever joins without our code. */
export function protocolPage(): string {
  return `${[
    head(),
    "## Names and ids",
    ids(),
    "## Streams, buckets and stores",
    streams(),
    "## Consumers",
    consumers(),
    "## Subjects",
    subjects(),
    "## Headers",
    headerTable(),
    "## States",
    states(),
    "## Task record",
    `The value under \`<task>.<uid>\` in the bucket \`${names.taskState}\`, as JSON. Unknown fields may be there: pass over them.`,
    schemaTable(taskRecordSchema.toJSONSchema()),
    "## Task type",
    `The value under \`<task>\` in the bucket \`${names.taskTypes}\`: what workers can run. Schemas are JSON Schema, draft 2020-12.`,
    schemaTable(taskTypeSchema.toJSONSchema()),
    "## Worker",
    `The value under \`<service>.<instance>\` in the bucket \`${names.workers}\`, written every ${seconds(heartbeatIntervalMs)} and gone after ${seconds(heartbeatTtlMs)}. An empty value says that the worker stopped.`,
    schemaTable(workerHeartbeatSchema.toJSONSchema()),
    "## A client in another language",
    foreignClients(),
  ].join("\n\n")}\n`;
}

function head(): string {
  return `# Protocol

<!-- Written by \`npx pnpm@12 reference\` from packages/protocol. Change that, not this. -->

Everything here is public: a client in any language that speaks NATS can submit tasks, ask how they stand and follow them.
Times are RFC 3339, JSON is in snake_case, \`<…>\` stands for a value.`;
}

function ids(): string {
  return markdownTable(
    ["thing", "looks like", ""],
    [
      ["`<task>`, a task's name", code(taskNamePattern.source), "part of every subject and key of its tasks"],
      [
        "task id",
        code(taskIdPattern.source),
        "`<task>-<uid>`; who knows it may read its task, so make `<uid>` of at least 96 random bits",
      ],
      ["`<lane>`", lanes.map(code).join(", "), "the priority of a task, the most urgent first"],
    ],
  );
}

function streams(): string {
  return markdownTable(
    ["name", "kind", "subjects", "holds", "retention", "kept", "per subject", "ids are remembered"],
    streamPlans.map((plan) => [
      code(plan.name),
      plan.kind,
      plan.subjects.map(code).join("<br>"),
      plan.purpose + republished(plan),
      plan.retention,
      plan.maxAgeMs === 0 ? keptUntil(plan) : duration(plan.maxAgeMs),
      plan.perSubject === 0 ? "all" : String(plan.perSubject),
      duration(plan.dedupeMs),
    ]),
  );
}

function republished({ republish }: StreamPlan): string {
  return republish === undefined ? "" : `; republished to ${code(republish.to)}`;
}

function keptUntil({ retention, messageTtl }: StreamPlan): string {
  if (retention === "workqueue") return "until acked";
  return messageTtl ? `until replaced; final ones ${duration(resultTtlMs)}` : "until replaced";
}

function consumers(): string {
  const plans: ConsumerPlan[] = consumerPlans({ name: "<task>", ackWaitMs: 0 });
  return `Durable pull consumers with explicit ack, made by the workers of a task. Ack wait is the task's own, 30 s at the most; there is
no limit to deliveries, as workers count attempts themselves.

${markdownTable(
  ["consumer", "stream", "filter"],
  plans.map(({ name, stream, filter }) => [code(name), code(stream), code(filter)]),
)}`;
}

function subjects(): string {
  const rows: [string, string][] = [
    [
      taskSubject(sampleId, "normal"),
      "a task that waits for a worker, or is with one; the body is its input",
    ],
    [laterSubject(sampleId, "normal"), "holds a task until the server moves it to the subject above"],
    [recordSubject(sampleId), "the write of a task's record, always as a compare-and-set"],
    [
      eventSubject(sampleId),
      `a stored record, told to all who listen, with its sequence in \`${headers.sequence}\``,
    ],
    [deadSubject(sample), "a task that failed for good; the body is its input as it came"],
  ];
  return markdownTable(
    ["subject", "what is on it"],
    rows.map(([subject, meaning]) => [code(generic(subject)), meaning]),
  );
}

function generic(text: string): string {
  return text.replace("normal", "<lane>").replace(sample.task, "<task>").replace(sample.uid, "<uid>");
}

function headerTable(): string {
  const meanings = docComments(new URL("../../packages/protocol/src/headers.ts", import.meta.url));
  const rows = Object.entries(headers).map(([key, name]) => {
    const meaning = meanings.get(key);
    if (meaning === undefined) throw new Error(`headers.ts says nothing of ${key}`);
    return [code(name), meaning];
  });
  return `Names are case-sensitive. A message without any of ours is a first attempt, submitted when it was stored.

${markdownTable(["header", "meaning"], rows)}`;
}

const transitions: Record<TaskState, { meaning: string; next: readonly TaskState[] }> = {
  scheduled: { meaning: "waits for its time; it has no record yet", next: ["queued", "cancelled"] },
  queued: {
    meaning: "waits for a worker; it has no record yet, or was given back",
    next: ["running", "retrying", ...finalStates],
  },
  running: {
    meaning: "is with a worker, for longer than a moment or with progress",
    next: ["running", "queued", "retrying", ...finalStates],
  },
  retrying: {
    meaning: "an attempt failed, the next is planned",
    next: ["running", "queued", "retrying", ...finalStates],
  },
  succeeded: { meaning: "has ended with a result", next: [] },
  failed: { meaning: "has ended as a dead letter", next: [] },
  cancelled: { meaning: "was stopped by somebody", next: [] },
};

function states(): string {
  const rows = taskStates.map((state) => {
    const { meaning, next } = transitions[state];
    return [code(state), meaning, next.length === 0 ? "nothing: it is final" : next.map(code).join(", ")];
  });
  return `${markdownTable(["state", "the task", "followed by"], rows)}

A short task has one record, its final one: it goes from \`queued\` to \`succeeded\` or \`failed\`. A final state is written once; whoever
comes second finds the sequence changed, reads the record, and gives way. A task can run twice after a crash, but it ends once.`;
}

function foreignClients(): string {
  const id = "generate_report-$uid";
  return `**Submit**: publish the input as JSON to \`${generic(taskSubject(sampleId, "normal"))}\` as a request, with \`${headers.messageId}\` set to \`${generic(attemptMessageId("<task>-<uid>", 1))}\`.
The task is accepted when the answer is an ack of the stream (\`{"stream":"${names.tasks}","seq":…}\`). Without an answer, publish again under the same id: within
${duration(streamPlans.find(({ name }) => name === names.tasks)?.dedupeMs ?? 0)} it is stored once. The input must be at least ${inputHeadroomBytes} bytes smaller than the server's \`max_payload\`, so that headers fit beside it later.
Nothing but workers validates it: an input that breaks the task's \`input_schema\` becomes a dead letter.

\`\`\`sh
uid=$(LC_ALL=C tr -dc 0-9A-Za-z </dev/urandom | head -c 22)
nats request task.generate_report.normal.$uid '{"user_id":7}' -H ${headers.messageId}:${attemptMessageId(id, 1)}
\`\`\`

**Submit for later**: publish the same to \`${generic(laterSubject(sampleId, "normal"))}\`, with \`${headers.schedule}: @at <RFC 3339>\` and
\`${headers.scheduleTarget}: ${generic(taskSubject(sampleId, "normal"))}\`.

**Ask**: read \`<task>.<uid>\` in the bucket \`${names.taskState}\`. When it has no record, it waits if the last message of \`later.<task>.*.<uid>\` or
\`task.<task>.*.<uid>\` is in \`${names.tasks}\`; read the record once more before you call it unknown.

\`\`\`sh
nats kv get ${names.taskState} generate_report.$uid --raw
\`\`\`

**Follow**: subscribe to \`event.task.>\`, \`event.task.<task>.*\` or \`${generic(eventSubject(sampleId))}\`. Subscribe first and read the record then, so that nothing is missed.
After a lost connection, read the stream \`KV_${names.taskState}\` from the last \`${headers.sequence}\` on: of each task it keeps the last record.

\`\`\`sh
nats subscribe 'event.task.generate_report.*'
\`\`\``;
}

function duration(ms: number): string {
  const days = ms / 86_400_000;
  if (days >= 1) return days === 1 ? "1 day" : `${days} days`;
  return ms >= 60_000 ? `${ms / 60_000} min` : seconds(ms);
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}
