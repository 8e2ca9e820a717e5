import { start } from "./start/start.ts";

process.exitCode = await start(process.argv.slice(2), process.env, process.stdout);
// Nothing is left to do; a download that was broken off must not hold the process.
setTimeout(() => process.exit(), 1_000).unref();
