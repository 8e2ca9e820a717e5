import { NatsServer } from "@linecook/nats-server";
import { type CaughtMail, MailCatcher } from "./mail-catcher.ts";
import { type ServiceName, serviceNames } from "./service-name.ts";
import { type ServiceOptions, type ServiceProcess, startService } from "./service-process.ts";

/** What a system is started with. */
export interface SystemOptions extends ServiceOptions {
  /** The broker to use. @default a broker of its own, with a temporary store, that ends with the system */
  natsUrl?: string;
  /** How many processes of each service. @default one of each */
  services?: Partial<Record<ServiceName, number>>;
  /** Variables of every service, on top of those of this process. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** A whole system of processes on this machine. Disposing it stops the services side by side, then the rest. */
export interface RunningSystem extends AsyncDisposable {
  readonly natsUrl: string;
  /** The broker, unless it was given by its url. */
  readonly broker: NatsServer | undefined;
  /** Every process, in the order of `serviceNames`. */
  readonly processes: readonly ServiceProcess[];
  /** The mails that were sent; none are caught when `env` names an `SMTP_URL`. */
  readonly mails: readonly CaughtMail[];
  /** Where the first gateway answers. Throws when the system has none. */
  readonly url: string;
  /** The first process of a service. Throws when the system has none. */
  process(name: ServiceName): ServiceProcess;
}

/**
 * Starts a broker, unless one is given, a mail catcher and every service as a process; resolves when all are ready.
 * Throws, with everything stopped again, when one of them ends before that or is late.
 */
export async function startSystem(options: SystemOptions = {}): Promise<RunningSystem> {
  await using stack = new AsyncDisposableStack();
  const broker = options.natsUrl === undefined ? stack.use(await NatsServer.start()) : undefined;
  const natsUrl = options.natsUrl ?? broker?.url ?? "";
  const catcher = stack.use(await MailCatcher.start());
  const env = { NATS_URL: natsUrl, SMTP_URL: catcher.url, ...options.env };
  const processes = serviceNames.flatMap((name) =>
    Array.from({ length: options.services?.[name] ?? 1 }, () => startService(name, env, options)),
  );
  stack.defer(async () => {
    await Promise.all(processes.map((process) => process.stop()));
  });
  await Promise.all(processes.map((process) => process.ready));
  const owned = stack.move();
  const first = (name: ServiceName) => {
    const found = processes.find((process) => process.name === name);
    if (found === undefined) throw new Error(`this system has no ${name}: ask for one in \`services\``);
    return found;
  };
  return {
    natsUrl,
    broker,
    processes,
    mails: catcher.mails,
    process: first,
    get url() {
      return first("gateway").url;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
