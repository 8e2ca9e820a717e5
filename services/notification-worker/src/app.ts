import { sendEmail } from "@linecook/contracts";
import { connectNats, type Runtime, type Service, startHealthServer } from "@linecook/service";
import { handle, Worker } from "@linecook/tasks";
import { type NotificationWorkerConfig, readConfig } from "./config.ts";
import { openMailer } from "./mailer.ts";
import { createSendEmail } from "./send-email.ts";

export type { NotificationWorkerConfig };
export { readConfig };

const service = "notification-worker";

export interface NotificationWorker extends Service {
  /** Where `/healthz` and `/readyz` answer. */
  readonly url: string;
}

/** Runs `send_email` until it is disposed. */
export async function createNotificationWorker(
  config: NotificationWorkerConfig,
  { logger, signal }: Pick<Runtime, "logger" | "signal">,
): Promise<NotificationWorker> {
  await using stack = new AsyncDisposableStack();
  let ready = (): void => {
    throw new Error("starting");
  };
  const health = stack.use(await startHealthServer({ ...config.http, ready: () => ready(), logger }));
  const link = stack.use(await connectNats(config.nats, { name: service, logger, signal }));
  const worker = { slots: 5, ...config.worker };
  const mailer = stack.use(openMailer(config.mail.smtpUrl, worker.slots));
  stack.use(
    await Worker.start(link.connection, {
      ...worker,
      service,
      handlers: [handle(sendEmail, createSendEmail(mailer, config.mail.from))],
      logger,
    }),
  );
  ready = () => {
    if (signal.aborted) throw new Error("stopping");
    if (!link.connected) throw new Error("no connection to NATS");
  };
  const owned = stack.move();
  return { url: health.url, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
