import { createHash } from "node:crypto";
import type { FeedSource } from "../../src-shared/node/update-feed/index.ts";
import type { UpdateProblem } from "../../src-shared/updates/index.ts";
import type { Log } from "../log/index.ts";

type Seen = { readonly name: string; readonly sha256: string };

/** Remembers what was read of a feed, so that a refusal can name the very file that it is about. */
export type SightOfFeed = {
  /** The same source, watched. */
  readonly watch: (source: FeedSource) => FeedSource;
  /** The same log, whose refusals name the file that they are about by its SHA-256. */
  readonly naming: (log: Log) => Log;
};

// Judged when all is read: which of the files it is about, their names tell. Anything else is refused as it is read.
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

export function createSightOfFeed(): SightOfFeed {
  let seen: Seen[] = [];
  const lastRead = (ending: string) => seen.findLast(({ name }) => name.endsWith(ending))?.sha256;

  return {
    watch: (source) => ({
      ...source,
      async read(url, maxBytes, sink, signal) {
        const hash = createHash("sha256");
        const take = (chunk: Uint8Array) => {
          hash.update(chunk);
          return sink(chunk);
        };
        const read = await source.read(url, maxBytes, take, signal);
        const file = { name: url.pathname, sha256: hash.digest("hex") };
        // Every look at a feed begins with its roots and goes on to its timestamp.
        if (file.name.endsWith("/timestamp.json")) seen = [];
        if (read.ok) seen.push(file);
        return read;
      },
    }),
    naming: (log) => (event, fields) => {
      const code = event === "updates.refused" && "code" in fields ? (fields.code as UpdateProblem) : undefined;
      const artefact = code && REFUSES_A_FILE.includes(code) ? lastRead(ENDINGS[code] ?? "") : undefined;
      log(event, artefact === undefined ? fields : { ...fields, artefact });
    },
  };
}
