import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { openVault } from "../../../src-shared/node/vault-reader.ts";
import { ROOTS } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { mountFat32, mountImage, whyNoFat32 } from "../../ops/support/mounts.ts";
import { newComputer } from "../session/session-fixture.ts";
import { openedStick, startApp } from "./pack-fixture.ts";

vi.setConfig({ testTimeout: 120_000 });

const obstacle = whyNoFat32();

describe.skipIf(obstacle !== undefined)(`a real FAT32 stick${obstacle ? ` (skipped: ${obstacle})` : ""}`, () => {
  it("takes a pack; pulled out in the middle it has its old content, and the same pack goes on", async () => {
    const folder = temporaryFolder();
    const [image, stick] = [join(folder, "stick.img"), join(folder, "mnt")];
    const first = await mountFat32(image, stick);
    const app = await openedStick({ ...newComputer(), stick });
    const path = app.written(app.pack());
    await app.packs.receive(path);
    let pulled: Promise<void> | undefined;
    app.watch(() => {
      if ((app.packs.view()?.written ?? 0) > 1_000_000) pulled ??= first.pull();
    });
    await app.packs.accept(app.packs.view()!.id);
    await pulled;
    expect(app.packs.view()).toMatchObject({ stage: "refused", problem: "PACK_REMOVED" });
    await app.session.updateCandidates([]);
    await app.session.close();
    // The pulled driver leaves a dead mount: the stick comes back in another place.
    const again = join(folder, "again");
    const second = await mountImage(image, again);
    try {
      const { secrets, hardware, clock, data } = app;
      const later = await startApp({ secrets, hardware, clock, data, stick: again });
      expect(await later.titles()).toEqual(["Harbour"]);
      expect(await later.give(path)).toMatchObject({ stage: "done", problem: null });
      expect(await later.titles()).toEqual(["Harbour", "New lesson"]);
      await later.session.close();
    } finally {
      await second.unmount();
    }
    const third = await mountImage(image, join(folder, "third"));
    try {
      const vault = await openVault(join(folder, "third"), ROOTS);
      expect(vault.ok && vault.value.manifest.claims.gen).toBe(2);
    } finally {
      await third.unmount();
    }
  });
});
