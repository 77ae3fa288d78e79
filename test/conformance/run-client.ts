import { nodeHttpClient } from "../../src-shared/node/node-http-client.ts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { downloadTarget, isDownloaded } from "../../src-shared/node/update-feed/download-target.ts";
import {
  type DownloadError,
  type FeedSource,
  openWebSource,
  type TufClient,
  type TufError,
} from "../../src-shared/node/update-feed/index.ts";
import { openTufClient } from "../../src-shared/node/update-feed/tuf-client.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";

export type Outcome = Result<undefined, TufError | DownloadError | "INSECURE" | "USAGE">;

/** Runs the client once with these arguments. */
export async function runClient(args: readonly string[]): Promise<Outcome> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
  const [command, root] = positionals;
  if (values["metadata-dir"] === "") return err("USAGE");
  switch (command) {
    case "init":
      if (root === undefined) return err("USAGE");
      await writeFileAtomic(join(values["metadata-dir"], "root.json"), await readFile(root));
      return ok(undefined);
    case "refresh":
      return withClient(values, (client) => client.refresh());
    case "download":
      return withClient(values, (client, source) => downloadAll(client, source, values));
    default:
      return err("USAGE");
  }
}

const OPTIONS = {
  "metadata-dir": { type: "string", default: "" },
  "metadata-url": { type: "string", default: "" },
  "target-base-url": { type: "string" },
  "target-dir": { type: "string", default: "" },
  "target-name": { type: "string", multiple: true, default: [] as string[] },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

async function withClient(
  values: Values,
  work: (client: TufClient, source: FeedSource) => Promise<Outcome>,
): Promise<Outcome> {
  const metadataUrl = values["metadata-url"];
  const targetsUrl = values["target-base-url"] ?? metadataUrl;
  const source = openWebSource({ metadataUrl, targetsUrl, isLoopbackAllowed: true, http: nodeHttpClient });
  if (!source.ok) return source;
  const store = values["metadata-dir"];
  const anchor = await readFile(join(store, "root.json"));
  const now = Math.floor(Date.now() / 1000);
  const client = await openTufClient({
    store,
    anchor,
    source: source.value,
    now,
    signal: new AbortController().signal,
  });
  if (!client.ok) return client;
  try {
    const done = await work(client.value, source.value);
    const kept = await client.value.keep();
    return done.ok ? kept : done;
  } finally {
    await client.value.close();
  }
}

async function downloadAll(client: TufClient, source: FeedSource, values: Values): Promise<Outcome> {
  const refreshed = await client.refresh();
  if (!refreshed.ok) return refreshed;
  for (const name of values["target-name"]) {
    const done = await download(client, source, name, join(values["target-dir"], encodeURIComponent(name)));
    if (!done.ok) return done;
  }
  return ok(undefined);
}

async function download(client: TufClient, source: FeedSource, name: string, to: string): Promise<Outcome> {
  const found = await client.find(name);
  if (!found.ok) return found;
  if (!found.value) return err("NOT_FOUND");
  if (await isDownloaded(found.value, to)) return ok(undefined);
  const isConsistent = client.trusted().root.signed.consistentSnapshot;
  const { signal } = new AbortController();
  return downloadTarget({ source, target: found.value, isConsistent, to, progress: () => undefined, signal });
}
