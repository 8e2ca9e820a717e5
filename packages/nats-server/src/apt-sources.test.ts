import { expect, it } from "vitest";
import { findMirror } from "./apt-sources.ts";

const mirrorOf = (name: string, text: string) => findMirror([{ name, text }], ["trixie"]);

it("takes the mirror and the keyring of the machine's own suite from a .sources file", () => {
  const text = `# made by the installer
Types: deb
URIs: http://mirror.example.org/debian-security
Suites: trixie-security
Components: main
Signed-By: /usr/share/keyrings/security.gpg

Types: deb deb-src
# a comment inside
URIs: http://mirror.example.org/debian
Suites: trixie trixie-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;
  const mirror = mirrorOf("debian.sources", text);
  expect(mirror?.uri).toBe("http://mirror.example.org/debian");
  expect(mirror?.signedBy?.trim()).toBe("/usr/share/keyrings/debian-archive-keyring.gpg");
});

it("keeps a key that stands in a .sources file as it stands", () => {
  const key =
    "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBGPL0BUBEADmW5NdOOHwPIJlgPu6JDcKw/NZJPR8lsD3K87ZM18gzyQZJD+w\n -----END PGP PUBLIC KEY BLOCK-----";
  const text = `Types: deb\nURIs: https://mirror.example/debian\nSuites: trixie\nComponents: main\nSigned-By:${key}\n`;
  expect(mirrorOf("debian.sources", text)).toEqual({ uri: "https://mirror.example/debian", signedBy: key });
});

it("takes the mirror from a one-line .list file, with its options and without", () => {
  const text = `# deb http://old.example/debian trixie main
deb-src http://source.example/debian trixie main
deb cdrom:[Debian GNU/Linux 13]/ trixie main
deb [arch=amd64 signed-by=/etc/apt/a.gpg,/etc/apt/b.gpg] http://mirror.example/debian trixie main # ours
`;
  expect(mirrorOf("sources.list", text)).toEqual({
    uri: "http://mirror.example/debian",
    signedBy: "/etc/apt/a.gpg /etc/apt/b.gpg",
  });
  expect(mirrorOf("sources.list", "deb http://mirror.example/debian trixie main")).toEqual({
    uri: "http://mirror.example/debian",
  });
});

it.each([
  ["another vendor's", "deb https://vendor.example/node_24.x nodistro main"],
  ["a cloud's", "deb https://packages.example.com/apt cloud-sdk-trixie main"],
  ["a source without main", "deb http://mirror.example/debian trixie contrib"],
  ["security fixes", "deb http://mirror.example/debian-security trixie-security main"],
])("does not take %s for the machine's mirror", (_, text) => {
  expect(mirrorOf("x.list", text)).toBeUndefined();
});

it("does not take a source that is switched off", () => {
  const text =
    "Enabled: no\nTypes: deb\nURIs: http://mirror.example/debian\nSuites: trixie\nComponents: main\n";
  expect(mirrorOf("x.sources", text)).toBeUndefined();
});

it("takes the mirror of a machine that follows a suite by its role", () => {
  expect(mirrorOf("sources.list", "deb http://mirror.example/debian stable main")?.uri).toBe(
    "http://mirror.example/debian",
  );
});
