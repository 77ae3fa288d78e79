import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { createContentPacks } from "../../../src-main/content-pack/index.ts";
import type { PackProblem } from "../../../src-shared/ipc/index.ts";
import type { TrustRoots } from "../../../src-shared/jws/index.ts";
import { ROOTS } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testPack, type TestPackOptions } from "../../fakes/test-pack.ts";
import { passphraseLicense, TEST_PASSPHRASE, type TestVideo, writeTestVault } from "../../fakes/test-vault.ts";
import { type Computer, newComputer, putLicense, startSession } from "../session/session-fixture.ts";

export const OLD: TestVideo = { title: "Harbour", bytes: new Uint8Array(200_000).fill(1) };
export const NEW: TestVideo = {
  title: "New lesson",
  bytes: new Uint8Array(3_000_000).map((_byte, index) => index * 7),
};

/** A computer with an open stick of one film, and the content of the next generation, which has another one too. */
export async function openedStick(computer: Computer = newComputer(), roots: TrustRoots = ROOTS) {
  await writeTestVault(computer.stick, [OLD]);
  putLicense(computer.stick, await passphraseLicense());
  const next = join(temporaryFolder(), "next");
  const [, lesson = ""] = await writeTestVault(next, [OLD, NEW], { gen: 2 });
  const folder = temporaryFolder();
  let count = 0;
  const written = (bytes: Uint8Array) => {
    const path = join(folder, `pack-${++count}.uvvpack`);
    writeFileSync(path, bytes);
    return path;
  };
  const pack = (options: TestPackOptions = {}) => testPack(computer.stick, next, 2, options);
  return { ...computer, next, lesson, written, pack, ...(await startApp(computer, roots)) };
}

/** The app with its session and content packs; the stick is opened with its passphrase. */
export async function startApp(computer: Computer, roots: TrustRoots = ROOTS) {
  const app = startSession(computer, { roots });
  const failures: unknown[] = [];
  let onChange: () => void = () => undefined;
  const packs = createContentPacks({
    trust: app.trust,
    head: app.ledger.head,
    stickWith: app.session.stickWith,
    hasStick: () => app.session.sticks().length > 0,
    reopen: app.session.reopen,
    log: app.log,
    changed: () => onChange(),
    failed: (thrown) => void failures.push(thrown),
  });
  await app.session.updateCandidates([computer.stick]);
  await app.session.unlock(TEST_PASSPHRASE);
  // The copy on the stick is written in the background.
  await app.ledger.idle();

  /** Receives a pack and, if it is offered, writes it; returns what the dialog shows in the end. */
  async function give(path: string) {
    await packs.receive(path);
    const view = packs.view();
    if (view?.stage === "offered") await packs.accept(view.id);
    expect(failures).toEqual([]);
    return packs.view();
  }
  const problem = async (path: string): Promise<PackProblem | null | undefined> => (await give(path))?.problem;
  const titles = async () => {
    const list = await app.session.list();
    return list.ok ? list.value.items.map(({ title }) => title) : list.error;
  };
  const watch = (listener: () => void) => void (onChange = listener);
  return { ...app, packs, give, problem, titles, watch, failures };
}

export function copyOfStick(stick: string): string {
  const copy = join(temporaryFolder(), "copy");
  cpSync(stick, copy, { recursive: true });
  return copy;
}
