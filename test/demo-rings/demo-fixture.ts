import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import { projectRoot } from "../../build/electron-runtime.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";
import { type Computer, newComputer, type Stick } from "../../build/rehearsal/computer.ts";
import type { Publisher } from "./publisher.ts";
import type { DemoClock } from "./demo-clock.ts";

/** The folder of the demo. Created again each time. */
export const FOLDER = join(projectRoot, ".local", "demo-rings");
export const KEYS = join(FOLDER, "keys");
export const TRUST = join(KEYS, "public");
export const STICK = join(FOLDER, "stick");
export const REPO = join(FOLDER, "feed");
export const PILOTS = 4;
const IN_SHARE = 5;
const SECOND_PERSON = join(FOLDER, "second-person");

export type DemoFixture = {
  readonly publisher: Publisher;
  readonly clock: DemoClock;
  readonly computers: readonly Computer[];
  /** The computers of everyone else that are in the first tenth. */
  readonly share: readonly Computer[];
};

/** Runs a command on the feed, with the publisher's keys. */
export function feed<T = object>({ publisher }: Pick<DemoFixture, "publisher">, command: string, ...args: string[]) {
  return publisher.run<T>("feed", command, "--repo", REPO, "--keys", KEYS, ...args);
}

/** A publisher with a stick and a feed. Two of the three approving people keep their keys elsewhere. */
export async function openDemoFixture(publisher: Publisher, clock: DemoClock): Promise<DemoFixture> {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(STICK, { recursive: true });
  await publisher.run("keys", "init", "--dir", KEYS, "--dev");
  const film = join(projectRoot, "test", "media", "tides.webm");
  const stick = await publisher.run<Stick>("pack", "--stick", STICK, "--keys", KEYS, "--label", "Pilots", film);
  await feed({ publisher }, "init", "--people", "3");
  const people = join(KEYS, "private", "feed");
  renameSync(join(people, "person-2"), SECOND_PERSON);
  renameSync(join(people, "person-3"), join(FOLDER, "third-person"));
  const computers = [...(await enrol(10, "ring0")), ...(await enrol(PILOTS, "ring1"))];
  const share = await enrol(IN_SHARE, "ga");
  return { publisher, clock, computers, share };

  async function enrol(count: number, ring: Ring): Promise<Computer[]> {
    const enrolled: Computer[] = [];
    while (enrolled.length < count) enrolled.push(await enrolOne(ring, enrolled.length + 1));
    return enrolled;
  }

  async function enrolOne(ring: Ring, number: number): Promise<Computer> {
    const computer = await newComputer(ring);
    const name = join(FOLDER, `${ring}-${number}`);
    writeFileSync(`${name}.uvvreq`, computer.request(stick, clock.now()));
    const terms = ["--for", `C-${ring}-${number}`, "--days", "90", "--ring", ring, "--enrol"];
    const files = ["--request", `${name}.uvvreq`, "--out", `${name}.uvvlic`];
    const where = ["--keys", KEYS, "--stick", STICK];
    const { pid } = await publisher.run<{ pid: string }>("license", "issue", ...where, ...terms, ...files);
    computer.enrol(readFileSync(`${name}.uvvlic`, "utf8"), pid);
    return computer;
  }
}

/** Lists a build of one small package. The demo installs none. */
export async function addBuild(fixture: DemoFixture, version: string): Promise<BuildId> {
  const file = join(FOLDER, `usb-video-vault_${version}_amd64.deb`);
  writeFileSync(file, `USB Video Vault ${version}`);
  const notes = ["--notes-fr", `Nouveau dans ${version}`, "--notes-en", `New in ${version}`];
  const args = [file, "--version", version, "--build-epoch", "1", ...notes];
  const { build } = await feed<{ build: BuildId }>(fixture, "add-build", ...args);
  return build;
}

type Changed = { readonly published: boolean; readonly pending: string | null };

/** Runs a command that needs two people: the change waits until the second person has signed it with her own keys. */
export async function signedByBoth(fixture: DemoFixture, command: string, ...args: string[]): Promise<void> {
  const { published, pending } = await feed<Changed>(fixture, command, ...args);
  if (published || pending === null) throw new Error(`feed ${command}: published with only one signature`);
  const anchor = ["--repo", REPO, "--trust", TRUST];
  await fixture.publisher.run("feed", "sign", pending, "--person-keys", SECOND_PERSON, ...anchor, "--yes");
  await feed(fixture, "import", pending);
}

/** A static web server for the feed. */
export async function serveFeed(): Promise<{ readonly url: string; readonly close: () => void }> {
  const server = createServer((request, response) => {
    try {
      response.end(readFileSync(join(REPO, normalize(decodeURIComponent(request.url ?? "/")))));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const close = () => (server.closeAllConnections(), void server.close());
  return { url: `http://127.0.0.1:${port}`, close };
}
