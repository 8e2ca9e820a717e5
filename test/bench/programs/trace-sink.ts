// Takes traces over OTLP/HTTP and throws them away: what tracing costs is measured in those who send.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { orders, ready } from "../../program.ts";

const server = createServer((request, response) => {
  request.resume();
  request.on("end", () => response.end());
});
server.listen(0, "127.0.0.1", () => ready((server.address() as AddressInfo).port));
await orders().stop;
server.close();
server.closeAllConnections();
