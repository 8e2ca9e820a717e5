import type { AddressInfo, Server } from "node:net";

/** Gives the url of a server that listens on a port: `http://127.0.0.1:8000`. */
export function serverUrl(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
