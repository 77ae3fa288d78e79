import { nodeHttpClient } from "../../../../src-shared/node/node-http-client.ts";
import { join } from "node:path";
import type { Ring } from "../../../../src-shared/license/index.ts";
import {
  type FeedError,
  type FeedSource,
  type OpenFeed,
  openWebSource,
  readFeed,
} from "../../../../src-shared/node/update-feed/index.ts";
import type { Result } from "../../../../src-shared/result.ts";
import type { FeedRepository } from "../../../fakes/feed-repository.ts";
import { type FeedServer, serveFeed } from "../../../fakes/feed-server.ts";
import { temporaryFolder } from "../../../fakes/temporary-folder.ts";
import { updateFeed } from "../../../fakes/update-feed.ts";

export const T = 1_774_000_000;

/** A feed of ours on a real server, and a reader with a store of its own. */
export class FeedFixture {
  readonly store = join(temporaryFolder(), "metadata");
  readonly repository: FeedRepository;
  readonly anchor: Buffer;
  readonly server: FeedServer;

  private constructor(repository: FeedRepository, anchor: Buffer, server: FeedServer) {
    this.repository = repository;
    this.anchor = anchor;
    this.server = server;
  }

  static async begin(prepare: (repository: FeedRepository) => void = () => undefined): Promise<FeedFixture> {
    const repository = updateFeed();
    prepare(repository);
    const anchor = repository.begin();
    return new FeedFixture(repository, anchor, await serveFeed(repository.files));
  }

  source(): FeedSource {
    const { origin } = this.server;
    const source = openWebSource({
      metadataUrl: `${origin}/metadata`,
      targetsUrl: `${origin}/targets`,
      isLoopbackAllowed: true,
      http: nodeHttpClient,
      timeLimits: { graceMs: 2000, bytesPerSecond: 1000 },
    });
    if (!source.ok) throw new Error(source.error);
    return source.value;
  }

  read({ ring = "ga", now = T, source = this.source(), anchor = this.anchor }: Reading = {}): Promise<
    Result<OpenFeed, FeedError>
  > {
    return readFeed({ store: this.store, anchor, source, now, signal: new AbortController().signal }, ring);
  }

  /** Reads, keeps and closes: what an app does with a feed that is not a replay. */
  async follow(reading: Reading = {}): Promise<OpenFeed["feed"]> {
    const opened = await this.read(reading);
    if (!opened.ok) throw new Error(opened.error);
    await opened.value.keep();
    await opened.value.close();
    return opened.value.feed;
  }

  async refusal(reading: Reading = {}): Promise<FeedError | "taken"> {
    const opened = await this.read(reading);
    if (opened.ok) await opened.value.close();
    return opened.ok ? "taken" : opened.error;
  }
}

type Reading = { ring?: Ring; now?: number; source?: FeedSource; anchor?: Buffer };
