export { findNatsServer } from "./find-nats-server.ts";
export { NatsCluster } from "./nats-cluster.ts";
export { NatsServer } from "./nats-server.ts";
export { NatsServerError } from "./nats-server-error.ts";

export type { FoundNatsServer } from "./binary.ts";
export type { FindEnvironment, FindNatsServerOptions } from "./find-nats-server.ts";
export type { NatsClusterOptions } from "./nats-cluster.ts";
export type { NatsServerOptions } from "./nats-server.ts";
export type { NatsServerErrorCode } from "./nats-server-error.ts";
export type { Release } from "./release.ts";
export type { ServerConfig } from "./server-config.ts";
export type { ServerExit } from "./server-process.ts";
