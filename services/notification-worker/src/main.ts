import { run } from "@linecook/service";

await run("notification-worker", process.env, async (runtime) => {
  const { createNotificationWorker, readConfig } = await import("./app.ts");
  return createNotificationWorker(readConfig(process.env), runtime);
});
