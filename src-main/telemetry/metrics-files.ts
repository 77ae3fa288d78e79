import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { codeOf, removeFile, removeFolder, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { type LocalMetrics, localMetricsName, stampOf } from "../../src-shared/telemetry/index.ts";
import type { PostPort } from "./ports.ts";
import { smallStateIn } from "../../src-shared/node/small-state.ts";

/** Files of seven days, one every five minutes. */
const MAX_FILES = 7 * 24 * 12;
/** At most this many waiting files are posted in one run. */
const MAX_POSTS = 24;

/** The files for existing collectors, and their `POST`. */
export type MetricsFiles = {
  /** Throws the file system's error. */
  readonly write: (metrics: LocalMetrics) => Promise<void>;
  /** Posts the files that the endpoint has not accepted yet, oldest first, until it refuses one. */
  readonly post: (url: string, post: PostPort, signal: AbortSignal) => Promise<void>;
  /** Throws the file system's error. */
  readonly purge: () => Promise<void>;
};

export function openMetricsFiles(folder: string): MetricsFiles {
  const posted = smallStateIn(join(folder, "posted.json"), v.object({ stamp: v.string() }));

  async function names(): Promise<string[]> {
    const all = await readdir(folder).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return [];
      throw error;
    });
    return all.filter((name) => stampOf(name) !== undefined).toSorted(byStamp);
  }

  return {
    async write(metrics) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, localMetricsName(metrics.ring, metrics.timestamp));
      await writeFileAtomic(path, `${JSON.stringify(metrics, null, 2)}\n`, 0o600);
      for (const name of (await names()).slice(0, -MAX_FILES)) await removeFile(join(folder, name));
    },
    async post(url, post, signal) {
      const last = (await posted.read())?.stamp ?? "";
      const waiting = (await names()).filter((name) => (stampOf(name) ?? "") > last);
      for (const name of waiting.slice(0, MAX_POSTS)) {
        const body = new Uint8Array(await readFile(join(folder, name)));
        const headers = { "Content-Type": "application/json" };
        const response = await post({ url: `${url}/metrics`, body, headers, signal });
        if (signal.aborted || !response || response.status < 200 || response.status > 299) return;
        await posted.write({ stamp: stampOf(name) ?? "" });
      }
    },
    purge: () => removeFolder(folder),
  };
}

function byStamp(one: string, other: string): number {
  return (stampOf(one) ?? "") < (stampOf(other) ?? "") ? -1 : 1;
}
