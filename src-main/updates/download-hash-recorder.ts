import { createHash } from "node:crypto";
import type { FeedSource } from "../../src-shared/node/update-feed/index.ts";
import type { UpdateProblem } from "../../src-shared/updates/index.ts";
import type { Log } from "../log/index.ts";

type Download = { readonly name: string; readonly sha256: string };

/** Records the SHA-256 of each file that is read from a feed, so that a refusal can name the file that caused it. */
export type DownloadHashRecorder = {
  /** The same source; the hash of each file read from it is recorded. */
  readonly recording: (source: FeedSource) => FeedSource;
  /** The same log; its refusals contain the SHA-256 of the refused file. */
  readonly withHashes: (log: Log) => Log;
};

// These are refused after everything was read, so the file is found by its name. Any other refusal concerns the last
// file read.
const ENDINGS: { readonly [code in UpdateProblem]?: string } = {
  RELEASE_REPLAYED: ".release.json",
  HALT_REPLAYED: ".halt.json",
  METADATA_REPLAYED: "timestamp.json",
  SECURITY_REPLAYED: "security.json",
};

const REFUSES_A_FILE: readonly UpdateProblem[] = [
  "SIGNATURE_INVALID",
  "UNSOUND_KEYS",
  "MISMATCH",
  "ROLLED_BACK",
  "METADATA_REPLAYED",
  "SECURITY_REPLAYED",
  "RELEASE_REPLAYED",
  "HALT_REPLAYED",
];

export function createDownloadHashRecorder(): DownloadHashRecorder {
  let downloads: Download[] = [];
  const lastRead = (ending: string) => downloads.findLast(({ name }) => name.endsWith(ending))?.sha256;

  function recording(source: FeedSource): FeedSource {
    return {
      ...source,
      ...(source.pastCaches && { pastCaches: recording(source.pastCaches) }),
      async read(url, maxBytes, sink, signal) {
        const hash = createHash("sha256");
        const hashAndForward = (chunk: Uint8Array) => {
          hash.update(chunk);
          return sink(chunk);
        };
        const read = await source.read(url, maxBytes, hashAndForward, signal);
        const file = { name: url.pathname, sha256: hash.digest("hex") };
        // Every check of a feed begins with its roots and continues with its timestamp.
        if (file.name.endsWith("/timestamp.json")) downloads = [];
        if (read.ok) downloads.push(file);
        return read;
      },
    };
  }

  return {
    recording,
    withHashes: (log) => (event, fields) => {
      const code = event === "updates.refused" && "code" in fields ? (fields.code as UpdateProblem) : undefined;
      const artefact = code && REFUSES_A_FILE.includes(code) ? lastRead(ENDINGS[code] ?? "") : undefined;
      log(event, artefact === undefined ? fields : { ...fields, artefact });
    },
  };
}
