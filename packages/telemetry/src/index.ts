export { createLogger, logLevels, silentLogger } from "./logger.ts";
export {
  activeTraceId,
  extractContext,
  injectContext,
} from "./propagation.ts";
export {
  contextOf,
  endSpan,
  failSpan,
  startDeliverSpan,
  startProcessSpan,
  startPublishSpan,
  startRecordSpan,
  withSpan,
} from "./spans.ts";
export { startTelemetry } from "./telemetry.ts";
export { isTracing } from "./tracing.ts";

export type { Logger, LoggerOptions, LogLevel } from "./logger.ts";
export type { Carrier } from "./propagation.ts";
export type { TaskDelivery, TaskMessage, TaskUpdate } from "./spans.ts";
export type { Environment, Telemetry } from "./telemetry.ts";
