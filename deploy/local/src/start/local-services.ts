import type { LogLevel } from "@linecook/telemetry";
import { type ServiceName, serviceNames } from "../service-name.ts";
import { printLog } from "./log-printer.ts";
import type { Screen } from "./screen.ts";
import { SupervisedService } from "./supervised.ts";

/** What the services are started with. */
export interface LocalServicesOptions {
  /** The variables of each. */
  env: (name: ServiceName) => Readonly<Record<string, string | undefined>>;
  /** The lines that are shown. */
  logLevel: LogLevel;
  screen: Screen;
}

/** All services, side by side. Disposing stops them. */
export class LocalServices implements AsyncDisposable {
  readonly #services: readonly SupervisedService[];

  /** Starts them. Wait for `ready`. */
  constructor({ env, logLevel, screen }: LocalServicesOptions) {
    this.#services = serviceNames.map(
      (name) =>
        new SupervisedService(name, {
          env: env(name),
          onLog: (line) => printLog(screen, logLevel, name, line),
          say: (line) => screen.warn(line),
        }),
    );
  }

  /** Resolves with the url of each when all are ready. Throws when one of them does not come to that. */
  async ready(): Promise<Record<ServiceName, string>> {
    const urls = this.#services.map(async (service) => [service.name, await service.ready()] as const);
    return Object.fromEntries(await Promise.all(urls)) as Record<ServiceName, string>;
  }

  kill(): void {
    for (const service of this.#services) service.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#services.map((service) => service[Symbol.asyncDispose]()));
  }
}
