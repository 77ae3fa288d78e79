import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runClient } from "../../../conformance/run-client.ts";
import { FeedRepository } from "../../../fakes/feed-repository.ts";
import { type FeedServer, serveFeed } from "../../../fakes/feed-server.ts";
import { temporaryFolder } from "../../../fakes/temporary-folder.ts";

const CLIENT = join(import.meta.dirname, "../../../conformance/tuf-client.ts");

/** The command-line client and a repository that it reads. */
export class ClientFixture {
  readonly repository = new FeedRepository();
  readonly folder = temporaryFolder();
  readonly metadata = join(this.folder, "metadata");
  readonly targets = join(this.folder, "targets");
  server!: FeedServer;

  static async begin(
    prepare: (repository: FeedRepository) => void = () => undefined,
    root?: Buffer,
  ): Promise<ClientFixture> {
    const fixture = new ClientFixture();
    mkdirSync(fixture.metadata);
    mkdirSync(fixture.targets);
    prepare(fixture.repository);
    const first = fixture.repository.begin();
    fixture.server = await serveFeed(fixture.repository.files);
    writeFileSync(join(fixture.folder, "root.json"), root ?? first);
    await fixture.run("--metadata-dir", fixture.metadata, "init", join(fixture.folder, "root.json"));
    return fixture;
  }

  refresh(): Promise<number> {
    return this.run("--metadata-url", `${this.server.origin}/metadata/`, "--metadata-dir", this.metadata, "refresh");
  }

  download(...names: string[]): Promise<number> {
    const targetArgs = names.flatMap((name) => ["--target-name", name]);
    const to = ["--target-dir", this.targets, "--target-base-url", `${this.server.origin}/targets/`];
    const from = ["--metadata-url", `${this.server.origin}/metadata/`, "--metadata-dir", this.metadata];
    return this.run(...from, ...targetArgs, ...to, "download");
  }

  /** The exit status of one call. */
  async run(...args: string[]): Promise<number> {
    return (await runClient(args)).ok ? 0 : 1;
  }

  /** The same in a process of its own, as the official suite does it. */
  spawn(...args: string[]): Promise<number> {
    return new Promise((done) => {
      execFile(process.execPath, [CLIENT, ...args], (error) => done(typeof error?.code === "number" ? error.code : 0));
    });
  }

  /** The trusted metadata: role and version. */
  trusted(): Record<string, number> {
    const names = readdirSync(this.metadata).filter((name) => name.endsWith(".json"));
    return Object.fromEntries(
      names.map((name) => {
        const { signed } = JSON.parse(readFileSync(join(this.metadata, name), "utf8")) as {
          signed: { version: number };
        };
        return [name.slice(0, -5), signed.version];
      }),
    );
  }

  downloaded(): Record<string, string> {
    const names = readdirSync(this.targets);
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(this.targets, name), "utf8")]));
  }
}

/** The trusted metadata after a first refresh. */
export const FIRST = { root: 1, timestamp: 1, snapshot: 1, targets: 1 };
