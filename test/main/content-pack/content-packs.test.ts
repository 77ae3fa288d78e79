import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import { STICK_ID } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";
import { testPack } from "../../fakes/test-pack.ts";
import { mayMount, mountMemory } from "../../ops/support/mounts.ts";
import { snapshot } from "../../ops/support/publisher-fixture.ts";
import { newComputer } from "../session/session-fixture.ts";
import { execFileSync } from "node:child_process";
import { copyOfStick, NEW, OLD, openedStick } from "./pack-fixture.ts";

vi.setConfig({ testTimeout: 60_000 });

const partsIn = (stick: string) =>
  readdirSync(join(stick, "VAULT", "data"), { recursive: true, encoding: "utf8" }).filter((name) =>
    /\d{3}$/.test(name),
  );

describe("a content pack", () => {
  it("brings the new lesson onto the stick, which stays open, and it plays", async () => {
    const { stick, next, pack, written, give, titles, session, shown, lesson, ledger, logged } = await openedStick();
    shown.length = 0;
    expect(await titles()).toEqual(["Harbour"]);
    const view = await give(written(pack()));
    expect(view).toMatchObject({ stage: "done", problem: null, label: "Harbour Films" });
    // Nobody was asked for the passphrase again, not even for a moment.
    expect(new Set(shown)).toEqual(new Set(["catalog"]));
    expect(session.screen()).toMatchObject({ stage: "catalog", present: true });
    expect(await titles()).toEqual(["Harbour", "New lesson"]);
    const opened = await session.openVideo(lesson);
    expect(opened).toMatchObject({ ok: true, value: { title: "New lesson" } });
    if (!opened.ok) return;
    const media = await session.lookup(opened.value.mediaUrl.split("/").at(-1) ?? "");
    const read = await media!.source.read(0, NEW.bytes.length);
    expect(read.ok && Buffer.compare(read.value, NEW.bytes)).toBe(0);
    // The stick is what the publisher signed, and nothing else is left on it.
    const names = readdirSync(join(stick, "VAULT")).filter((name) => name.startsWith("manifest"));
    expect(names.toSorted()).toEqual(["manifest.2.jws", "manifest.2.uvv"]);
    expect(partsIn(stick).toSorted()).toEqual(partsIn(next).toSorted());
    expect(ledger.head().manifests.get(STICK_ID)).toMatchObject({ sequence: 2 });
    expect(logged).toContain('{"event":"pack.written","gen":2}');
  });

  it("takes off what the publisher has retired", async () => {
    const { stick, written, give, titles } = await openedStick();
    const next = join(temporaryFolder(), "next");
    await writeTestVault(next, [NEW], { gen: 2 });
    expect(await give(written(testPack(stick, next, 2)))).toMatchObject({ stage: "done" });
    expect(await titles()).toEqual(["New lesson"]);
    expect(partsIn(stick).toSorted()).toEqual(partsIn(next).toSorted());
  });

  it("shows how much is on the stick, and can be interrupted; the same pack goes on from there", async () => {
    const { stick, pack, written, packs, watch, titles, give } = await openedStick();
    const path = written(pack());
    await packs.receive(path);
    const { id } = packs.view()!;
    const shown: number[] = [];
    watch(() => {
      const view = packs.view();
      if (view?.stage !== "writing") return;
      shown.push(view.written);
      if (view.written > 1_000_000) packs.dismiss(id);
    });
    await packs.accept(id);
    expect(packs.view()).toBeNull();
    expect(shown.filter((bytes) => bytes > 0).length).toBeGreaterThan(0);
    expect(await titles()).toEqual(["Harbour"]);
    const begun = readdirSync(join(stick, "VAULT", "data"), { recursive: true, encoding: "utf8" });
    expect(begun.filter((name) => name.endsWith(".pack.tmp"))).toHaveLength(1);
    watch(() => undefined);
    expect(await give(path)).toMatchObject({ stage: "done" });
    expect(await titles()).toEqual(["Harbour", "New lesson"]);
  });

  it("is written only when a person has agreed, and not displaced by another one while it is written", async () => {
    const { stick, pack, written, packs } = await openedStick();
    const before = snapshot(stick);
    await packs.receive(written(pack()));
    const first = packs.view()!;
    await packs.receive(written(Buffer.from("something else")));
    expect(packs.view()).toMatchObject({ stage: "refused", problem: "PACK_UNREADABLE" });
    // The number of the first one means nothing any more.
    await packs.accept(first.id);
    expect(snapshot(stick)).toEqual(before);
    await packs.receive(written(pack()));
    const writing = packs.accept(packs.view()!.id);
    await packs.receive(written(Buffer.from("something else")));
    expect(packs.view()?.stage).toBe("writing");
    await writing;
    expect(packs.view()?.stage).toBe("done");
    packs.dismiss(packs.view()!.id);
    expect(packs.view()).toBeNull();
  });

  it("stops before the stick is ejected", async () => {
    const { stick, pack, written, packs, session } = await openedStick();
    const before = readFileSync(join(stick, "VAULT", "manifest.1.jws"));
    await packs.receive(written(pack()));
    void packs.accept(packs.view()!.id);
    await packs.stop();
    await session.close();
    expect(readFileSync(join(stick, "VAULT", "manifest.1.jws"))).toEqual(before);
    expect(existsSync(join(stick, "VAULT", "manifest.2.jws"))).toBe(false);
  });
});

describe("is refused", () => {
  it("for another stick, without a stick, or of another vault", async () => {
    const { pack, written, problem, stick, session } = await openedStick();
    const other = join(temporaryFolder(), "other");
    await writeTestVault(other, [OLD, NEW], { gen: 2, stickId: testId("other stick") });
    expect(await problem(written(testPack(stick, other, 2)))).toBe("PACK_OTHER_STICK");
    const path = written(pack());
    await session.updateCandidates([]);
    expect(await problem(path)).toBe("PACK_NO_STICK");
    await session.updateCandidates([other]);
    expect(await problem(path)).toBe("PACK_OTHER_STICK");
  });

  it("if it is older than the stick, is there already, or is older than what this computer has seen", async () => {
    const { stick, pack, written, problem, give, session } = await openedStick();
    const [first, older] = [written(pack()), join(temporaryFolder(), "older")];
    await writeTestVault(older, [OLD, { title: "Early", bytes: NEW.bytes }], { gen: 1 });
    expect(await problem(written(testPack(stick, older, 1)))).toBe("PACK_PRESENT");
    const [third, kept] = [join(temporaryFolder(), "third"), copyOfStick(stick)];
    await give(first);
    expect(await problem(first)).toBe("PACK_PRESENT");
    await writeTestVault(third, [OLD, NEW, { title: "Third", bytes: OLD.bytes }], { gen: 3 });
    expect(await give(written(testPack(stick, third, 3)))).toMatchObject({ stage: "done" });
    expect(await problem(first)).toBe("PACK_OLDER");
    // Somebody has put the content of generation 1 back: this computer has seen 3.
    await session.updateCandidates([]);
    rmSync(stick, { recursive: true });
    renameSync(kept, stick);
    await session.updateCandidates([stick]);
    expect(session.screen()).toMatchObject({ stage: "locked", refusal: { code: "ROLLED_BACK" } });
    const before = snapshot(stick);
    expect(await problem(first)).toBe("PACK_OLDER");
    expect(snapshot(stick)).toEqual(before);
  });

  it("if the stick lacks a film that the pack does not bring, and is not changed", async () => {
    const { stick, pack, written, problem } = await openedStick();
    const bytes = pack();
    const [film] = partsIn(stick);
    rmSync(join(stick, "VAULT", "data", film!));
    const before = snapshot(stick);
    expect(await problem(written(bytes))).toBe("PACK_NOT_WHOLE");
    expect(snapshot(stick)).toEqual(before);
  });
});

describe("the stick", () => {
  it("was pulled out: says so, and the same pack goes on later", async () => {
    const { stick, pack, written, packs, watch, give, session } = await openedStick();
    const path = written(pack());
    await packs.receive(path);
    const away = `${stick}-away`;
    watch(() => {
      if (packs.view()?.stage === "writing" && packs.view()!.written > 0 && existsSync(stick)) renameSync(stick, away);
    });
    await packs.accept(packs.view()!.id);
    expect(packs.view()).toMatchObject({ stage: "refused", problem: "PACK_REMOVED" });
    watch(() => undefined);
    renameSync(away, stick);
    await session.updateCandidates([stick]);
    expect(await give(path)).toMatchObject({ stage: "done" });
  });

  it("is another one in the same place by now: it never gets the manifest", async () => {
    const { stick, pack, written, packs, watch } = await openedStick();
    const other = join(temporaryFolder(), "other");
    await writeTestVault(other, [OLD], { stickId: testId("other stick") });
    const before = snapshot(join(other, "VAULT"))["manifest.1.jws"];
    await packs.receive(written(pack()));
    watch(() => {
      if (packs.view()?.written === 0 || !existsSync(other)) return;
      renameSync(stick, `${stick}-away`);
      renameSync(other, stick);
    });
    await packs.accept(packs.view()!.id);
    expect(packs.view()).toMatchObject({ stage: "refused", problem: "PACK_REMOVED" });
    const vault = join(stick, "VAULT");
    expect(readdirSync(vault).filter((name) => name.startsWith("manifest"))).toEqual([
      "manifest.1.jws",
      "manifest.1.uvv",
    ]);
    expect(snapshot(vault)["manifest.1.jws"]).toBe(before);
  });

  it("is another one that has all parts already: it never gets the manifest either", async () => {
    const { stick, next, pack, written, packs, watch } = await openedStick();
    const other = join(temporaryFolder(), "other");
    await writeTestVault(other, [OLD, NEW], { stickId: testId("other stick") });
    const path = written(pack());
    cpSync(join(next, "VAULT", "data"), join(stick, "VAULT", "data"), { recursive: true });
    await packs.receive(path);
    watch(() => {
      if (packs.view()?.written === 0 || !existsSync(other)) return;
      renameSync(stick, `${stick}-away`);
      renameSync(other, stick);
    });
    await packs.accept(packs.view()!.id);
    expect(packs.view()).toMatchObject({ stage: "refused", problem: "PACK_REMOVED" });
    expect(readdirSync(join(stick, "VAULT"))).not.toContain("manifest.2.jws");
  });

  it("has a link in the place of a folder or of what was begun: nothing is written through it", async () => {
    const { stick, pack, written, problem, give } = await openedStick();
    const bytes = pack();
    const outside = temporaryFolder();
    writeFileSync(join(outside, "mine"), "mine");
    const before = snapshot(outside);
    const data = join(stick, "VAULT", "data");
    renameSync(data, `${data}-away`);
    symlinkSync(outside, data);
    expect(await problem(written(bytes))).toMatch(/^PACK_NOT_W/);
    expect(snapshot(outside)).toEqual(before);
    rmSync(data);
    renameSync(`${data}-away`, data);
    const known = readdirSync(data);
    const fileId = (await ids(bytes)).find((id) => !known.includes(id))!;
    mkdirSync(join(data, fileId));
    symlinkSync(join(outside, "mine"), join(data, fileId, ".000.pack.tmp"));
    symlinkSync(join(outside, "mine"), join(data, fileId, "000"));
    expect(await give(written(bytes))).toMatchObject({ stage: "done" });
    expect(snapshot(outside)).toEqual(before);
    expect(lstatSync(join(data, fileId, "000")).isFile()).toBe(true);
  });

  it("has something else under the temporary name: it is not taken for what was begun", async () => {
    const { stick, pack, written, give, titles } = await openedStick();
    const bytes = pack();
    for (const id of await ids(bytes)) {
      mkdirSync(join(stick, "VAULT", "data", id), { recursive: true });
      writeFileSync(join(stick, "VAULT", "data", id, ".000.pack.tmp"), Buffer.alloc(5_000_000, 9));
    }
    expect(await give(written(bytes))).toMatchObject({ stage: "done" });
    expect(await titles()).toEqual(["Harbour", "New lesson"]);
  });

  describe.runIf(mayMount())("on a file system of its own", () => {
    async function mounted(options: string) {
      const computer = newComputer();
      const unmount = mountMemory(computer.stick, options)!;
      return { unmount, fixture: await openedStick(computer) };
    }

    it("has not enough space: says so before anything is written", async () => {
      const { unmount, fixture } = await mounted("size=3m");
      try {
        const before = snapshot(fixture.stick);
        expect(await fixture.problem(fixture.written(fixture.pack()))).toBe("PACK_NO_SPACE");
        expect(snapshot(fixture.stick)).toEqual(before);
      } finally {
        await fixture.session.close();
        unmount();
      }
    });

    it("is write-protected: says so", async () => {
      const { unmount, fixture } = await mounted("size=20m");
      try {
        const before = snapshot(fixture.stick);
        execFileSync("mount", ["-o", "remount,ro", fixture.stick]);
        expect(await fixture.problem(fixture.written(fixture.pack()))).toBe("PACK_READ_ONLY");
        expect(snapshot(fixture.stick)).toEqual(before);
      } finally {
        await fixture.session.close();
        unmount();
      }
    });
  });
});

it("is applied while the stick is still locked, and the passphrase then opens the new content", async () => {
  const { stick, pack, written, give, titles, session } = await openedStick();
  // It is judged again, and its passphrase is asked for.
  await session.openFolder(stick);
  expect(session.screen()).toMatchObject({ stage: "locked", passphrase: true });
  expect(await give(written(pack()))).toMatchObject({ stage: "done" });
  expect(session.screen()).toMatchObject({ stage: "locked", passphrase: true });
  expect(await session.unlock(TEST_PASSPHRASE)).toMatchObject({ ok: true });
  expect(await titles()).toEqual(["Harbour", "New lesson"]);
});

/** The file ids in the header of a pack. */
async function ids(bytes: Buffer): Promise<string[]> {
  const keys = bytes.readUInt32BE(8);
  const at = 12 + keys;
  const token = bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)).toString();
  const payload = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()) as { files: string[] };
  return payload.files;
}
