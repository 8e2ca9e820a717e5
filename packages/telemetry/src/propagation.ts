import {
  type Context,
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";
import { isTracing } from "./tracing.ts";

/** Headers that a trace context travels in; those of NATS fit. `get` answers `""` for what is not there. */
export interface Carrier {
  get(key: string): string;
  set(key: string, value: string): void;
}

const setter: TextMapSetter<Carrier> = { set: (carrier, key, value) => carrier.set(key, value) };
const getter: TextMapGetter<Carrier> = {
  get: (carrier, key) => carrier.get(key) || undefined,
  keys: () => [],
};

/**
 * Writes a trace context into headers, as `traceparent` and `tracestate`. With tracing off it does nothing.
 *
 * @default context: the active one
 */
export function injectContext(carrier: Carrier, from?: Context): void {
  if (isTracing()) propagation.inject(from ?? context.active(), carrier, setter);
}

/** Reads the trace context that came with headers; the root context when there is none or tracing is off. */
export function extractContext(carrier: Carrier): Context {
  return isTracing() ? propagation.extract(ROOT_CONTEXT, carrier, getter) : ROOT_CONTEXT;
}

/** Gives the id of the active trace: 32 hex digits, or nothing outside a trace. */
export function activeTraceId(): string | undefined {
  if (!isTracing()) return undefined;
  const active = trace.getActiveSpan()?.spanContext();
  return active && isSpanContextValid(active) ? active.traceId : undefined;
}
