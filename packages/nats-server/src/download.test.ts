import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../test/fake-release.ts";
import { download } from "./download.ts";
import { freePorts } from "./free-ports.ts";

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.closeAllConnections();
    await once(server.close(), "close");
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/archive`, [Symbol.asyncDispose]: close };
}

const patience = { answerMs: 50, stallMs: 50 };

it.each<[string, RequestListener, string]>([
  ["refuses", (_, response) => response.writeHead(404).end(), "the answer was 404 Not Found"],
  ["accepts and stays silent", () => {}, "no answer within 0.05 s"],
  ["stops in the middle", (_, response) => response.write("half"), "nothing more came for 0.05 s"],
  ["cuts the connection", (request) => request.socket.destroy(), "other side closed"],
])("gives up when the site %s", async (_, listener, message) => {
  await using folder = await temporaryFolder();
  await using site = await serve(listener);
  const downloading = download(site.url, join(folder.path, "archive"), patience);
  await expect(downloading).rejects.toMatchObject({ code: "fetch_failed", message });
});

it("says why a site cannot be reached", async () => {
  await using folder = await temporaryFolder();
  const [port] = await freePorts(1);
  const downloading = download(`http://127.0.0.1:${port}/`, join(folder.path, "archive"));
  await expect(downloading).rejects.toThrow(`connect ECONNREFUSED 127.0.0.1:${port}`);
});
