export type { SinkSpan } from "./otlp-sink.ts";
export { OtlpSink } from "./otlp-sink.ts";
