export { MailCatcher } from "./mail-catcher.ts";
export { serviceNames } from "./service-name.ts";
export { ServiceProcess, startService } from "./service-process.ts";
export { startSystem } from "./system.ts";

export type { LogLine } from "./log-line.ts";
export type { CaughtMail } from "./mail-catcher.ts";
export type { ServiceName } from "./service-name.ts";
export type { ServiceExit, ServiceOptions } from "./service-process.ts";
export type { RunningSystem, SystemOptions } from "./system.ts";
