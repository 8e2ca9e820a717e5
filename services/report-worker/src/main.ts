import { run } from "@linecook/service";

await run("report-worker", process.env, async (runtime) => {
  const { createReportWorker, readConfig } = await import("./app.ts");
  return createReportWorker(readConfig(process.env), runtime);
});
