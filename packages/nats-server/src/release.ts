/** The official release that is fetched, with the SHA-256 of each archive as its makers published them. */
export const release = {
  version: "2.15.0",
  url: "https://github.com/nats-io/nats-server/releases/download/v2.15.0",
  archives: {
    "linux-x64": {
      file: "nats-server-v2.15.0-linux-amd64.tar.gz",
      sha256: "5d2c51caca950333aba84911df7d377f826f3a59ec36061c6539105084f65c92",
    },
    "linux-arm64": {
      file: "nats-server-v2.15.0-linux-arm64.tar.gz",
      sha256: "cdc208f5a3f42963a52b6ab06ef65626bb870315dc936e26ba571780c6351112",
    },
    "darwin-x64": {
      file: "nats-server-v2.15.0-darwin-amd64.tar.gz",
      sha256: "5bd8b59ca5bf93fab3da2c5843cf564cd6e2e291e22ae3b861746e7ebe259b95",
    },
    "darwin-arm64": {
      file: "nats-server-v2.15.0-darwin-arm64.tar.gz",
      sha256: "e1c4e22d70bd44abfa0bcb3c16f7cf0c66f648c2e728c58924e8a1ce88913cc8",
    },
    "win32-x64": {
      file: "nats-server-v2.15.0-windows-amd64.zip",
      sha256: "2d0861dc2ca3567d17f7d19611d7b346cc2ccbd7086a0a77cc957a2c71663200",
    },
  },
} satisfies Release;

/** A published version of nats-server: where its archives are, by `<platform>-<arch>` as Node names them. */
export interface Release {
  version: string;
  url: string;
  archives: Record<string, { file: string; sha256: string }>;
}
