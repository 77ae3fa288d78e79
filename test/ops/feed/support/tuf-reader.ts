import { copyFileSync, createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { Updater } from "tuf-js";
import { onTestFinished } from "vitest";

/** An independent reader of the feed: tuf-js without changes, over HTTP on the loopback address. */
export type TufReader = {
  /** Updates its trusted metadata; throws the errors of tuf-js. */
  refresh(): Promise<void>;
  /** The verified content of a target; `undefined` if no metadata lists it. */
  read(path: string): Promise<string | undefined>;
  json<T>(path: string): Promise<T | undefined>;
  /** The version of a role in its trusted metadata. */
  version(role: string): number;
};

/** Serves a folder that may be replaced between requests. */
export async function serve(folder: string): Promise<{ url: string; from(other: string): void }> {
  let root = folder;
  const server = createServer((request, response) => {
    const path = join(root, normalize(decodeURIComponent(new URL(request.url ?? "", "http://x").pathname)));
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end();
    createReadStream(path).pipe(response.writeHead(200));
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, from: (other) => void (root = other) };
}

export function tufReader(url: string, anchor: string): TufReader {
  const folder = mkdtempSync(join(tmpdir(), "uvv-reader-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [metadataDir, targetDir] = [join(folder, "metadata"), join(folder, "targets")];
  for (const name of [metadataDir, targetDir]) mkdirSync(name);
  copyFileSync(anchor, join(metadataDir, "root.json"));
  const config = { fetchRetries: 0, fetchTimeout: 5000 };
  const open = () =>
    new Updater({
      metadataDir,
      targetDir,
      metadataBaseUrl: `${url}/metadata`,
      targetBaseUrl: `${url}/targets`,
      config,
    });

  async function read(path: string): Promise<string | undefined> {
    const updater = open();
    const target = await updater.getTargetInfo(path);
    if (!target) return undefined;
    const file = await updater.downloadTarget(target, join(targetDir, encodeURIComponent(path)));
    return readFileSync(file, "utf8");
  }

  return {
    refresh: () => open().refresh(),
    read,
    async json<T>(path: string) {
      const text = await read(path);
      return text === undefined ? undefined : (JSON.parse(text) as T);
    },
    version: (role) =>
      (JSON.parse(readFileSync(join(metadataDir, `${role}.json`), "utf8")) as { signed: { version: number } }).signed
        .version,
  };
}
