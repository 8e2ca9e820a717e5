import { run } from "@linecook/service";

await run("gateway", process.env, async (runtime) => {
  const { createGateway, readConfig } = await import("./app.ts");
  return createGateway(readConfig(process.env), runtime);
});
