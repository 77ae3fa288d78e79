import { nodeHttpClient } from "../../../src-shared/node/node-http-client.ts";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { createLedger, type Ledger, nodeFileSteps } from "../../../src-main/ledger/index.ts";
import { OLDER_COPY_GRACE } from "../../../src-shared/updates/index.ts";
import type { Log } from "../../../src-main/log/index.ts";
import {
  createDownloadHashRecorder,
  createUpdates,
  type Installer,
  openPendingFiles,
  openUpdateMemory,
  type Updates,
} from "../../../src-main/updates/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import { type FeedSource, openFolderSource, openWebSource } from "../../../src-shared/node/update-feed/index.ts";
import { ok } from "../../../src-shared/result.ts";
import type { Version } from "../../../src-shared/updates/index.ts";
import type { FeedRepository } from "../../fakes/feed-repository.ts";
import { type FeedServer, serveFeed } from "../../fakes/feed-server.ts";
import { createMemorySecretStore } from "../../fakes/memory-secret-store.ts";
import { type Finished, temporaryFolder } from "../../fakes/temporary-folder.ts";
import { updateFeed } from "../../fakes/update-feed.ts";

export const T = 1_774_000_000;

/** A computer with the app in one version, and a feed that it can reach. Starting twice is a restart. */
export class UpdateFixture {
  readonly data: string;
  readonly secrets = createMemorySecretStore();
  readonly clock = { now: T };
  readonly failures: unknown[] = [];
  readonly logged: { event: string; [field: string]: unknown }[] = [];
  /** What the system got to install: the bytes, as they were then. */
  readonly installed: { version: string; isOlder: boolean; content: string; isIntact: boolean }[] = [];
  readonly lists: string[] = [];
  /** Each step of the funnel: its name, the version, the number of the document, the reason of a failure. */
  readonly steps: unknown[] = [];
  version = "1.0.0";
  ring: Ring = "ga";
  isOnline = true;
  /** The latest signed time that the ledger has seen before the next start. */
  trustedTime = 0;
  installs = true;
  /** The system is busy with another installation first. */
  isOtherInstalling = false;
  stickRoot: string | undefined;
  timeLimits = { graceMs: 3000, bytesPerSecond: 1000 };
  changed: () => void = () => undefined;
  /** The ledger of the latest start. */
  ledger: Ledger | undefined;
  readonly repository: FeedRepository;
  readonly anchor: Buffer;
  readonly server: FeedServer;

  private readonly finished: Finished;

  private constructor(repository: FeedRepository, anchor: Buffer, server: FeedServer, finished: Finished) {
    this.data = temporaryFolder(finished);
    this.finished = finished;
    this.repository = repository;
    this.anchor = anchor;
    this.server = server;
  }

  static async begin(
    prepare: (repository: FeedRepository) => void = () => undefined,
    finished: Finished = onTestFinished,
  ): Promise<UpdateFixture> {
    const repository = updateFeed();
    prepare(repository);
    const anchor = repository.begin();
    return new UpdateFixture(repository, anchor, await serveFeed(repository.files, finished), finished);
  }

  async start(): Promise<Updates> {
    const downloads = createDownloadHashRecorder();
    const log: Log = downloads.withHashes((event, fields) => void this.logged.push({ event, ...fields }));
    const web = this.web();
    const onStick = () => (this.stickRoot === undefined ? undefined : openFolderSource(this.stickRoot));
    const ledger = createLedger({
      folder: join(this.data, "ledger"),
      secrets: this.secrets,
      files: nodeFileSteps,
      wasActivated: async () => ok(false),
      log,
    });
    this.ledger = ledger;
    if (this.trustedTime > 0) await ledger.commit({ now: this.trustedTime, signedTime: this.trustedTime });
    const updates = createUpdates({
      anchor: this.anchor,
      store: join(this.data, "metadata"),
      web: web && downloads.recording(web),
      stick: () => {
        const source = onStick();
        return source && downloads.recording(source);
      },
      ledger,
      ring: async () => this.ring,
      app: { platform: "linux", arch: "x64", kind: "deb", version: this.version as Version, buildFloor: 0 },
      memory: openUpdateMemory(join(this.data, "updates.json")),
      pending: openPendingFiles(this.pending),
      installer: this.installer(),
      applyKeys: async (text) => void this.lists.push(`keys ${text}`),
      applyRevocations: async (text) => void this.lists.push(`revocations ${text}`),
      sha256: (bytes) => createHash("sha256").update(bytes).digest(),
      now: () => this.clock.now,
      random: () => 0.5,
      log,
      step: (step, update, code) => void this.steps.push([step, update.version, update.seq, code ?? null]),
      changed: () => this.changed(),
      failed: (thrown) => void this.failures.push(thrown),
    });
    this.finished(updates.close);
    return updates;
  }

  /** Starts, checks once, and returns the outcome. */
  async check(from: "web" | "stick" = "web", trigger: "by-itself" | "by-hand" = "by-itself") {
    const updates = await this.start();
    await updates.check(from, trigger);
    const { outcome } = updates.view();
    // Caches may be the reason for so long: what is older after that is suspected.
    if (outcome?.kind === "problem" && outcome.code === "OLDER_COPY") {
      this.clock.now += OLDER_COPY_GRACE;
      await updates.check(from, trigger);
    }
    return { updates, view: updates.view() };
  }

  get pending(): string {
    return join(this.data, "pending");
  }

  waiting(): string[] {
    if (!existsSync(this.pending)) return [];
    const files = readdirSync(this.pending, { recursive: true, withFileTypes: true });
    return files.filter((file) => file.isFile()).map((file) => readFileSync(join(file.parentPath, file.name), "utf8"));
  }

  /** Copies the current feed to a stick. */
  exportToStick(files: ReadonlyMap<string, Buffer> = this.repository.files): string {
    const root = join(temporaryFolder(this.finished), "UPDATES");
    for (const [path, content] of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    return root;
  }

  backup(): () => void {
    const copy = join(temporaryFolder(this.finished), "backup");
    cpSync(this.data, copy, { recursive: true });
    return () => cpSync(copy, this.data, { recursive: true });
  }

  private web(): FeedSource {
    const source = openWebSource({
      metadataUrl: `${this.server.origin}/metadata`,
      targetsUrl: `${this.server.origin}/targets`,
      isLoopbackAllowed: true,
      http: nodeHttpClient,
      timeLimits: this.timeLimits,
    });
    if (!source.ok) throw new Error(source.error);
    return {
      ...source.value,
      read: async (...request) => (this.isOnline ? source.value.read(...request) : { ok: false, error: "UNREACHABLE" }),
    };
  }

  private installer(): Installer {
    return {
      install: async ({ path, version, isOlder, isIntact, waiting }) => {
        if (this.isOtherInstalling) waiting();
        const content = readFileSync(path, "utf8");
        this.installed.push({ version, isOlder, content, isIntact: await isIntact(path) });
        if (!this.installs) return { ok: false, error: "NOT_INSTALLED" };
        this.version = version;
        return ok(undefined);
      },
    };
  }
}
