/**
 * Every attribute name that spans of this system carry, in one list. Names that start with `messaging.` and
 * `error.` are the OpenTelemetry conventions'; `nats.` says what only NATS has; `linecook.` says what only a
 * task has. No attribute holds an input, a result or a secret.
 */
export const attributeNames = {
  /** What went wrong: the error's code, or else its class. */
  errorType: "error.type",
  /** The durable consumer that a message came from. */
  consumerGroup: "messaging.consumer.group.name",
  /** The subject without what is different for each message: `task.{task}`. */
  destinationTemplate: "messaging.destination.template",
  /** The task id: it is the same for everything that happens to one task. */
  conversationId: "messaging.message.conversation_id",
  /** The `Nats-Msg-Id` of a message. */
  messageId: "messaging.message.id",
  /** What was done, in the word of NATS: `publish`, `process`, `deliver`. */
  operationName: "messaging.operation.name",
  /** What was done, in the word of the conventions: `send` or `process`. */
  operationType: "messaging.operation.type",
  /** The older name of `messaging.system.name`, which most tools still read. */
  system: "messaging.system",
  /** Always `nats`. */
  systemName: "messaging.system.name",
  /** The durable consumer that a message came from. */
  natsConsumer: "nats.consumer",
  /** How often this message was handed out; 1 the first time. */
  natsDeliveryCount: "nats.message.delivery_count",
  /** The stream that a message came from. */
  natsStream: "nats.stream",
  /** Which run of the task's handler this is; the first is 1. */
  taskAttempt: "linecook.task.attempt",
  /** `high`, `normal` or `low`. */
  taskLane: "linecook.task.lane",
  /** The name of the task: `generate_report`. */
  taskName: "linecook.task.name",
  /** The state that a task record says. */
  taskState: "linecook.task.state",
} as const;
