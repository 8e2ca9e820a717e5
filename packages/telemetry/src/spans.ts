import {
  type Attributes,
  type Context,
  context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Link,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { attributeNames } from "./attributes.ts";
import { isTracing, tracerName } from "./tracing.ts";

/** A task message on its way to a worker. */
export interface TaskMessage {
  task: string;
  taskId: string;
  /** Which run of the handler the message asks for; the first is 1. */
  attempt: number;
  lane: string;
  /** The `Nats-Msg-Id` it is published with. */
  messageId?: string | undefined;
}

/** A task message as a worker got it. */
export interface TaskDelivery extends TaskMessage {
  stream: string;
  consumer: string;
  /** How often the server handed this message out; 1 the first time. */
  deliveryCount: number;
}

/** A state of a task, as written to or read from its record. */
export interface TaskUpdate {
  task: string;
  taskId: string;
  state: string;
}

const statusMessageLimit = 256;
const tracer = trace.getTracer(tracerName);
const silentSpan = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

/**
 * Starts the span of handing a task to the broker: `publish task.<task>`, a producer. Inject its context into
 * the message's headers, and end it when the broker has acknowledged.
 */
export function startPublishSpan(message: TaskMessage, parent: Context = context.active()): Span {
  if (!isTracing()) return silentSpan;
  const attributes = {
    ...describe("publish", "send", `task.${message.task}`, message),
    ...describeRun(message),
  };
  return tracer.startSpan(`publish task.${message.task}`, { kind: SpanKind.PRODUCER, attributes }, parent);
}

/**
 * Starts the span of one attempt: `process task.<task>`, a consumer. It is a child of the context that came with
 * the message, so that a task is one trace, and links to it too, so that tools that follow links draw the edge.
 */
export function startProcessSpan(delivery: TaskDelivery, parent: Context): Span {
  if (!isTracing()) return silentSpan;
  const attributes = {
    ...describe("process", "process", `task.${delivery.task}`, delivery),
    ...describeRun(delivery),
    [attributeNames.consumerGroup]: delivery.consumer,
    [attributeNames.natsConsumer]: delivery.consumer,
    [attributeNames.natsDeliveryCount]: delivery.deliveryCount,
    [attributeNames.natsStream]: delivery.stream,
  };
  const options = { kind: SpanKind.CONSUMER, attributes, links: linksTo(parent) };
  return tracer.startSpan(`process task.${delivery.task}`, options, parent);
}

/**
 * Starts the span of writing a task record: `publish task_state`, a producer. Inject its context into the
 * write's headers: they reach everybody who is told of the update.
 */
export function startRecordSpan(update: TaskUpdate, parent: Context = context.active()): Span {
  if (!isTracing()) return silentSpan;
  const attributes = {
    ...describe("publish", "send", "task_state", update),
    [attributeNames.taskState]: update.state,
  };
  return tracer.startSpan("publish task_state", { kind: SpanKind.PRODUCER, attributes }, parent);
}

/**
 * Starts the span of telling a waiting client of an update: `deliver event.task.<task>`, a consumer. It is a child of
 * the record write, so that a task is one trace up to its news, and links to the request that waits, if one is traced.
 * Where the write was not traced it is a child of that request.
 */
export function startDeliverSpan(update: TaskUpdate, written: Context): Span {
  if (!isTracing()) return silentSpan;
  const attributes = {
    ...describe("deliver", "process", `event.task.${update.task}`, update),
    [attributeNames.taskState]: update.state,
  };
  const parent = trace.getSpanContext(written) ? written : context.active();
  const options = { kind: SpanKind.CONSUMER, attributes, links: linksTo(context.active()) };
  return tracer.startSpan(`deliver event.task.${update.task}`, options, parent);
}

/** Runs a function with a span as the active one: spans and log lines made inside belong to it. */
export function withSpan<Result>(span: Span, run: () => Result): Result {
  return isTracing() ? context.with(contextOf(span), run) : run();
}

/** Gives the context in which a span is the active one, to inject it or to start children of it. */
export function contextOf(span: Span): Context {
  return isTracing() ? trace.setSpan(context.active(), span) : context.active();
}

/** Ends a span of something that went well. */
export function endSpan(span: Span): void {
  span.end();
}

/** Ends a span of something that failed, with the kind of error and the start of its message. */
export function failSpan(span: Span, error: unknown): void {
  if (span.isRecording()) {
    const message = error instanceof Error ? error.message : String(error);
    span.setAttribute(attributeNames.errorType, errorType(error));
    span.setStatus({ code: SpanStatusCode.ERROR, message: message.slice(0, statusMessageLimit) });
  }
  span.end();
}

function describe(
  operation: string,
  operationType: string,
  destination: string,
  about: { task: string; taskId: string },
): Attributes {
  return {
    [attributeNames.system]: "nats",
    [attributeNames.systemName]: "nats",
    [attributeNames.operationName]: operation,
    [attributeNames.operationType]: operationType,
    [attributeNames.destinationTemplate]: destination,
    [attributeNames.conversationId]: about.taskId,
    [attributeNames.taskName]: about.task,
  };
}

function describeRun(message: TaskMessage): Attributes {
  return {
    [attributeNames.messageId]: message.messageId,
    [attributeNames.taskAttempt]: message.attempt,
    [attributeNames.taskLane]: message.lane,
  };
}

function linksTo(origin: Context): Link[] {
  const spanContext = trace.getSpanContext(origin);
  return spanContext && isSpanContextValid(spanContext) ? [{ context: spanContext }] : [];
}

function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
