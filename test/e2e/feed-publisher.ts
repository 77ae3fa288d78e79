import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { onTestFinished } from "vitest";
import { vaultctl } from "./publisher.ts";

/** The Debian package that represents a version of the app: it can be installed and has no effect. */
export const PROBE = "uvv-update-probe";

/** A publisher's feed, operated with the real commands. */
export class FeedPublisher {
  readonly repository: string;
  private readonly keys: string;
  private readonly folder: string;

  constructor(folder: string, keys: string) {
    this.folder = folder;
    this.keys = keys;
    this.repository = join(folder, "feed");
    this.feed("init");
  }

  /** Runs one command of `vaultctl feed` and returns its output. */
  feed(command: string, ...args: string[]): Record<string, unknown> {
    const result = vaultctl("feed", command, ...args, "--repo", this.repository, "--keys", this.keys);
    if (result.status !== 0) throw new Error(`feed ${command}: ${JSON.stringify(result.json)}`);
    return result.json;
  }

  /** Lists a build of one small Debian package, and returns its id. */
  addBuild(version: string, epoch: number): string {
    const notes = ["--notes-fr", `Nouveau dans ${version}`, "--notes-en", `New in ${version}`];
    const about = ["--version", version, "--build-epoch", `${epoch}`, ...notes];
    return this.feed("add-build", this.debianPackage(version), ...about)["build"] as string;
  }

  private debianPackage(version: string): string {
    const tree = join(this.folder, `tree-${version}`);
    mkdirSync(join(tree, "DEBIAN"), { recursive: true });
    chmodSync(join(tree, "DEBIAN"), 0o755);
    const lines = [`Package: ${PROBE}`, `Version: ${version}`, "Architecture: amd64"];
    lines.push("Maintainer: Tests <tests@example.org>", "Description: A probe", "");
    writeFileSync(join(tree, "DEBIAN", "control"), lines.join("\n"));
    const file = join(this.folder, `usb-video-vault_${version}_amd64.deb`);
    execFileSync("dpkg-deb", ["--build", "--root-owner-group", tree, file], { stdio: "ignore" });
    return file;
  }
}

/** A static web server: serves the files of a folder on a free port of the loopback, until the test ends. */
export async function serveFolder(folder: string, asked: () => void = () => undefined): Promise<string> {
  const server = createServer((request, response) => {
    asked();
    try {
      response.end(readFileSync(join(folder, normalize(decodeURIComponent(request.url ?? "/")))));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
