export { OtlpSink } from "./otlp-sink.ts";

export type { SinkSpan } from "./otlp-sink.ts";
