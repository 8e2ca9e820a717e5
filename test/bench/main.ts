// The benchmarks: `pnpm bench`, or `pnpm bench -- --json` for one JSON object. Every figure stands beside one of the
// least program that could do the same, measured in the same run; only the ratios mean something elsewhere.
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { startService } from "@linecook/local";
import { findNatsServer, NatsServer } from "@linecook/nats-server";
import { provision } from "@linecook/tasks";
import { connect } from "nats";
import { alternate, type Comparison } from "./alternate.ts";
import { endToEnd } from "./end-to-end.ts";
import { acceptedPerSecond } from "./http.ts";
import { acceptedToFinal } from "./latency.ts";
import { growthWhileQueued } from "./memory.ts";
import { noop } from "./noop.ts";
import { printReport } from "./report.ts";
import { startProgram } from "./start-program.ts";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" },
    tasks: { type: "string", default: "20000" },
    queued: { type: "string", default: "200000" },
    seconds: { type: "string", default: "5" },
  },
});
const [rounds, tasks] = [Number(values.rounds), Number(values.tasks)];
const [queued, seconds] = [Number(values.queued), Number(values.seconds)];
const say = (line: string) => values.json || console.log(line);

await using stack = new AsyncDisposableStack();
const { path, version } = await findNatsServer({ onStep: say });
const sink = stack.use(await startProgram("trace-sink", {}));
const traced = {
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.port}`,
  OTEL_TRACES_SAMPLER: "always_on",
};

say(`end to end: ${tasks} no-op tasks, ${rounds} rounds …`);
const end_to_end = await withBroker((url) =>
  alternate(rounds, {
    bare: () => endToEnd(url, "bare", tasks),
    linecook: () => endToEnd(url, "tasks", tasks),
    linecook_traced: () => endToEnd(url, "tasks", tasks, traced),
  }),
);
say(`accepted over HTTP: 64 connections, ${seconds} s each, ${rounds} rounds …`);
const http = await withBroker(acceptedOverHttp);
say(`latency at 100 tasks/s, ${seconds} s …`);
const latency_ms = await withBroker(async (url) => ({
  linecook: await acceptedToFinal(url, seconds),
  linecook_traced: await acceptedToFinal(url, seconds, traced),
}));
say(`memory while ${queued} tasks wait …`);
const memory_growth_mb = await withBroker((url) => growthWhileQueued(url, queued));

const report = {
  end_to_end_per_s: end_to_end,
  http_accepted_per_s: http,
  latency_ms,
  memory_growth_mb,
  setting: {
    nats_server: version,
    storage: "one server, file storage, sync_interval default (2 min), 1 replica",
    node: process.version,
    cpus: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
    rounds,
    tasks,
    queued,
    seconds,
  },
};
if (values.json) console.log(JSON.stringify(report, undefined, 2));
else printReport(report);

/** Each measurement gets a broker of its own, with an empty store and the task's consumers. */
async function withBroker<Result>(measure: (url: string) => Promise<Result>): Promise<Result> {
  await using broker = await NatsServer.start({ binary: path });
  const connection = await connect({ servers: broker.url });
  await provision(connection, { tasks: [noop] });
  await connection.close();
  return await measure(broker.url);
}

async function acceptedOverHttp(natsUrl: string): Promise<Comparison> {
  await using bare = await startProgram("bare-http", {});
  // It publishes the task's type and ends: nothing runs beside the gateway that is measured.
  await (await startProgram("tasks-worker", { NATS_URL: natsUrl }))[Symbol.asyncDispose]();
  await using gateway = startService("gateway", { NATS_URL: natsUrl });
  await using tracedGateway = startService("gateway", { NATS_URL: natsUrl, ...traced });
  const [url, tracedUrl] = await Promise.all([gateway.ready, tracedGateway.ready]);
  return await alternate(rounds, {
    bare: () => acceptedPerSecond(`http://127.0.0.1:${bare.port}`, seconds),
    linecook: () => acceptedPerSecond(url, seconds),
    linecook_traced: () => acceptedPerSecond(tracedUrl, seconds),
  });
}
