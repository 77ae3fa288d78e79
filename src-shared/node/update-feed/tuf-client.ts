import type { Metadata, TargetFile, Targets } from "@tufjs/models";
import { Updater } from "tuf-js";
import { DownloadHTTPError } from "tuf-js/dist/error.js";
import type { Fetcher } from "tuf-js/dist/fetcher.js";
import { err, ok, type Result } from "../../result.ts";
import type { UnixSeconds } from "../../units.ts";
import { type FeedSource, type FetchError, readAll } from "./feed-source.ts";
import { openScratch, type Scratch } from "./metadata-store.ts";
import { setReferenceTime, trustedBy } from "./tuf-clock.ts";
import { refusalOf, type TufError } from "./tuf-error.ts";

export type TufOptions = {
  /** The folder of the trusted metadata, `<role>.json` each. */
  readonly store: string;
  /** The root that the reader was given out of band. */
  readonly anchor: Uint8Array;
  readonly source: FeedSource;
  /** The fixed update start time (TUF 5.1). */
  readonly now: UnixSeconds;
  readonly signal: AbortSignal;
};

/** One run of the TUF client workflow. */
export type TufClient = {
  /** Root chain, timestamp, snapshot and targets (TUF 5.3 to 5.6). */
  readonly refresh: () => Promise<Result<undefined, TufError>>;
  /** Finds a target through the delegations; `undefined` if no role that may list it does. */
  readonly find: (path: string) => Promise<Result<TargetFile | undefined, TufError>>;
  readonly trusted: () => ReturnType<typeof trustedBy>;
  /** A delegated role that was loaded and verified in this run. */
  readonly role: (name: string) => Metadata<Targets> | undefined;
  /** Makes what was verified durable, also after a refusal: each completed step counts (TUF 5.3.8, 5.4.5). */
  readonly keep: Scratch["keep"];
  readonly close: Scratch["remove"];
};

/** Begins a run on a private copy of the store. Nothing is fetched yet. */
export async function openTufClient(options: TufOptions): Promise<Result<TufClient, TufError>> {
  const scratch = await openScratch(options.store, options.anchor);
  if (!scratch.ok) return scratch;
  const { folder, keep, remove } = scratch.value;
  const fetching = createFetcher(options.source, options.signal);
  const updater = new Updater({
    metadataDir: folder,
    metadataBaseUrl: options.source.metadataUrl,
    fetcher: fetching.fetcher,
  });
  const clock = setReferenceTime(updater, options.now);
  if (!clock.ok) {
    await remove();
    return clock;
  }

  async function attempt<T>(work: () => Promise<T>): Promise<Result<T, TufError>> {
    try {
      return ok(await work());
    } catch (error) {
      return err(fetching.failure() ?? refusalOf(error));
    }
  }

  return ok({
    refresh: () =>
      attempt(async () => {
        await updater.refresh();
        return undefined;
      }),
    find: (path) => attempt(() => updater.getTargetInfo(path)),
    trusted: () => trustedBy(updater),
    role: (name) => trustedBy(updater).getRole(name),
    keep,
    close: remove,
  });
}

// tuf-js turns the errors of its fetcher into texts: the code is kept here. A later success clears it.
function createFetcher(source: FeedSource, signal: AbortSignal) {
  let failure: FetchError | undefined;
  const fetcher: Fetcher = {
    async downloadBytes(url, maxLength) {
      const read = await readAll(source, new URL(url), maxLength, signal);
      failure = read.ok ? undefined : read.error;
      if (read.ok) return read.value;
      // An absent file ends the root chain, and is a failure anywhere else.
      if (read.error === "NOT_FOUND") throw new DownloadHTTPError("not there", 404);
      throw new Error(read.error);
    },
    downloadFile() {
      throw new Error("targets are fetched by download-target.ts");
    },
  };
  return { fetcher, failure: () => failure };
}
