import { createReadStream, statSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";
import { type Kind, makePackages } from "../../build/dist.ts";
import { KIB } from "../../src-shared/units.ts";
import { expectDone, packStick, vaultctl } from "../e2e/publisher.ts";
import { promotionEvidenceFiles } from "../fakes/promotion-evidence-files.ts";

const BEFORE = { ring1: "ring0", ga: "ring1" } as const;

/** Versions of the real app as packages of one kind, in a real feed on a loopback web server. */
export type PublishedApp = Awaited<ReturnType<typeof publishApp>>;

const FILE_NAMES = {
  deb: (version: string) => `usb-video-vault_${version}_amd64.deb`,
  "win-installer": (version: string) => `usb-video-vault-${version}-win-x64.exe`,
} as const satisfies Partial<Record<Kind, (version: string) => string>>;

export async function publishApp(folder: string, versions: readonly string[], kind: keyof typeof FILE_NAMES = "deb") {
  const published = packStick(folder, ["harbour.mp4"]);
  const repo = join(folder, "feed");
  const builds = new Map<string, string>();
  const server = await serve(repo);

  function feed(name: string, ...args: string[]): Record<string, unknown> {
    const result = vaultctl("feed", name, ...args, "--repo", repo, "--keys", published.keys);
    expectDone(result);
    return result.json;
  }

  const packageOf = (version: string) => join(folder, version, FILE_NAMES[kind](version));
  const buildId = (version: string) => builds.get(version) ?? "";

  function promote(ring: "ring1" | "ga", version: string, ...args: string[]) {
    const evidence = promotionEvidenceFiles(folder, ring, BEFORE[ring], buildId(version));
    return feed("promote", "--ring", ring, "--build", buildId(version), ...evidence, "--override", "pilots", ...args);
  }

  /** Releases a version to everyone, through the earlier rings. */
  function releaseToEveryone(version: string): void {
    feed("release", "--ring", "ring0", "--build", buildId(version));
    promote("ring1", version);
    promote("ga", version, "--basis-points", "10000");
  }

  feed("init", "--people", "3");
  writeFileSync(join(published.trust, "profile.json"), JSON.stringify({ feed: server.origin }));
  for (const [index, version] of versions.entries()) {
    await makePackages({ profile: published.trust, version, outFolder: join(folder, version), kinds: [kind] });
    const notes = ["--notes-fr", `Nouveautés de ${version}`, "--notes-en", `What is new in ${version}`];
    const added = feed(
      "add-build",
      packageOf(version),
      "--version",
      version,
      "--build-epoch",
      `${index + 1}`,
      ...notes,
    );
    builds.set(version, String(added["build"]));
  }
  return { ...published, repo, server, feed, packageOf, buildId, promote, releaseToEveryone };
}

type FeedServer = { readonly origin: string; isSlow: boolean; readonly close: () => Promise<void> };

async function serve(folder: string): Promise<FeedServer> {
  const made = createServer((request, response) => {
    const path = join(folder, normalize(new URL(request.url ?? "/", "http://localhost").pathname));
    // The file does not exist, or the client has disconnected.
    void sendFile(path, response, () => server.isSlow).catch(
      () => response.headersSent || response.writeHead(404).end(),
    );
  });
  await new Promise<void>((done) => void made.listen(0, "127.0.0.1", done));
  const server: FeedServer = {
    origin: `http://127.0.0.1:${(made.address() as AddressInfo).port}`,
    isSlow: false,
    close: () =>
      new Promise((done) => {
        made.close(() => done());
        made.closeAllConnections();
      }),
  };
  return server;
}

async function sendFile(path: string, response: ServerResponse, isSlow: () => boolean): Promise<void> {
  response.setHeader("content-length", statSync(path).size);
  // Slows the download down to some seconds, so that a test can interrupt it.
  async function* paced(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      if (isSlow()) await setTimeout(20);
      yield chunk;
    }
  }
  await pipeline(createReadStream(path, { highWaterMark: 512 * KIB }), paced, response);
}
