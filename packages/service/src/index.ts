export { ConfigError } from "./config-error.ts";
export { readEnvironment } from "./environment.ts";
export { startHealthServer } from "./health.ts";
export { connectNats } from "./nats-connection.ts";
export { NatsError } from "./nats-error.ts";
export { run } from "./run.ts";
export { serverUrl } from "./server-url.ts";
export { httpVariables, natsVariables, workerVariables } from "./variable-groups.ts";
export { boolean, integer, milliseconds } from "./variables.ts";

export type { Configuration, VariableGroups } from "./environment.ts";
export type { HealthOptions, HealthServer } from "./health.ts";
export type { ConnectOptions, NatsLink } from "./nats-connection.ts";
export type { NatsErrorCode } from "./nats-error.ts";
export type { Runtime, Service } from "./run.ts";
export type { Environment } from "./set-variables.ts";
export type { HttpConfig, NatsConfig, WorkerConfig } from "./variable-groups.ts";
