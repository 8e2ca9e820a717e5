import { MailCatcher } from "../mail-catcher.ts";
import { serviceNames } from "../service-name.ts";
import type { StartArguments } from "./arguments.ts";
import { startBroker } from "./broker.ts";
import type { StartConfig } from "./config.ts";
import { LocalServices } from "./local-services.ts";
import { choosePort } from "./port.ts";
import type { Screen } from "./screen.ts";
import { showMail } from "./show-mail.ts";
import { StateFolder } from "./state-folder.ts";
import { type StopSignals, unlessStopped } from "./stop-signals.ts";

/** What the system of this machine is started with. */
export interface LocalSystemOptions {
  wanted: StartArguments;
  config: StartConfig;
  env: Readonly<Record<string, string | undefined>>;
  /** Where it keeps what outlives it. */
  folder: string;
  screen: Screen;
  stop: StopSignals;
}

/** The system of this machine. Disposing it stops the services side by side, then the broker. */
export interface LocalSystem extends AsyncDisposable {
  readonly gatewayUrl: string;
}

/** Starts the broker and every service, and shows each. Resolves when all are ready. */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const { wanted, config, env, screen, stop } = options;
  await using stack = new AsyncDisposableStack();
  // Nobody looks for a gateway that ends after one report: any free port does.
  const { port, insteadOf } = await choosePort(config.httpPort ?? (wanted.once ? 0 : undefined));
  const natsUrl = config.natsUrl ?? (await ownBroker(options, stack));
  if (config.natsUrl !== undefined) screen.fact("broker", "the one that NATS_URL names");
  const smtpUrl = config.smtpUrl ?? (await ownMail(screen, stack));
  screen.fact("mail", config.smtpUrl === undefined ? "caught and shown here" : "goes out by SMTP_URL");
  screen.fact("shipments", config.shipments ?? "a sample, made for the first report");

  screen.status(`  starting ${serviceNames.join(", ")}`);
  const services = stack.use(
    new LocalServices({
      env: (name) => ({
        ...env,
        NATS_URL: natsUrl,
        SMTP_URL: smtpUrl,
        HTTP_PORT: name === "gateway" ? String(port) : "0",
        // They tell that they are ready in a line of level info.
        LOG_LEVEL: config.logLevel === "debug" || config.logLevel === "trace" ? config.logLevel : "info",
      }),
      logLevel: config.logLevel ?? (wanted.verbose ? "info" : "warn"),
      screen,
    }),
  );
  stop.onInsist(() => services.kill());
  const { gateway, ...workers } = await unlessStopped(services.ready(), stop.signal);
  screen.status("");
  screen.fact("gateway", insteadOf === undefined ? gateway : `${gateway}, since port ${insteadOf} is taken`);
  for (const name of Object.keys(workers)) screen.fact(name, "ready");
  const owned = stack.move();
  return { gatewayUrl: gateway, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function ownBroker(options: LocalSystemOptions, stack: AsyncDisposableStack): Promise<string> {
  const { wanted, folder, screen, stop } = options;
  const kept = wanted.once ? undefined : stack.use(await StateFolder.take(folder));
  const say = (line: string) => screen.line(`    ${screen.style("dim", line)}`);
  const starting = startBroker({ storeDir: kept?.storeDir, say, warn: (line) => screen.warn(line) });
  const broker = stack.use(await unlessStopped(starting, stop.signal).catch(disposeLate));
  stop.onInsist(() => broker.kill());
  screen.fact("broker", `nats-server ${broker.version} at ${broker.url}`);
  return broker.url;

  /** One that comes up after a Ctrl-C is nobody's any more. */
  function disposeLate(error: unknown): never {
    starting.then((late) => late[Symbol.asyncDispose]()).catch(() => {});
    throw error;
  }
}

async function ownMail(screen: Screen, stack: AsyncDisposableStack): Promise<string> {
  return stack.use(await MailCatcher.start((mail) => showMail(screen, mail))).url;
}
