import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openViewing } from "../../../src-main/history/index.ts";
import { MAX_VIEWING_BYTES } from "../../../src-shared/viewing.ts";
import { VAULT_ID } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";

const LIST = { id: 1, name: "Le soir", videoIds: [testId("a"), testId("b")] };

it("keeps what was changed, of each vault for itself, and nothing that was never chosen", async () => {
  const folder = join(temporaryFolder(), "deep", "viewing");
  const store = await openViewing(folder, VAULT_ID);
  expect(store.kept()).toEqual({});
  expect(await store.change({ speed: 1.5 })).toEqual({ ok: true, value: undefined });
  await store.change({ playlists: [LIST], subtitles: { shown: true, language: "fr", kind: "sdh" } });
  expect((await openViewing(folder, VAULT_ID)).kept()).toEqual({
    speed: 1.5,
    playlists: [LIST],
    subtitles: { shown: true, language: "fr", kind: "sdh" },
  });
  expect((await openViewing(folder, testId("other"))).kept()).toEqual({});
  expect(statSync(join(folder, `${VAULT_ID}.json`)).mode & 0o777).toBe(0o600);
});

it.each(["", '{"speed":1', '{"speed":99}', '{"playlists":[{"id":1,"name":"","videoIds":[]}]}', '{"a":1,"a":2}'])(
  "renames a file that it does not understand, and begins anew: %j",
  async (content) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, `${VAULT_ID}.json`), content);
    expect((await openViewing(folder, VAULT_ID)).kept()).toEqual({});
    expect(readdirSync(folder)).toEqual([`${VAULT_ID}.json.unreadable`]);
  },
);

it("reads no endless file, and follows no link", async () => {
  const folder = temporaryFolder();
  const path = join(folder, `${VAULT_ID}.json`);
  writeFileSync(path, "{}");
  truncateSync(path, MAX_VIEWING_BYTES + 1);
  expect((await openViewing(folder, VAULT_ID)).kept()).toEqual({});
  expect(existsSync(path)).toBe(false);
  writeFileSync(join(folder, "elsewhere"), '{"speed":2}');
  symlinkSync(join(folder, "elsewhere"), path);
  expect((await openViewing(folder, VAULT_ID)).kept()).toEqual({});
});

it("says when it cannot write, keeps the change in memory, and writes it with the next one", async () => {
  const folder = join(temporaryFolder(), "viewing");
  const store = await openViewing(folder, VAULT_ID);
  writeFileSync(folder, "a file where the folder should be");
  expect(await store.change({ speed: 2 })).toEqual({ ok: false, error: "NOT_WRITTEN" });
  expect(store.kept()).toEqual({ speed: 2 });
  await store.idle();
  rmSync(folder);
  mkdirSync(folder);
  expect(await store.change({ muted: true })).toEqual({ ok: true, value: undefined });
  expect((await openViewing(folder, VAULT_ID)).kept()).toEqual({ speed: 2, muted: true });
});
