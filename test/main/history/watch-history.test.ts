import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openWatchHistory } from "../../../src-main/history/index.ts";
import { VAULT_ID } from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";

const WATCHED = { positionSeconds: 12.5, at: 1_767_225_600, finished: false };

it("remembers positions across restarts", async () => {
  const folder = join(temporaryFolder(), "history");
  const history = await openWatchHistory(folder, VAULT_ID);
  history.set(testId("a"), WATCHED);
  await history.flush();
  expect((await openWatchHistory(folder, VAULT_ID)).of(testId("a"))).toEqual(WATCHED);
});

it("renames an unreadable file instead of overwriting it", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, `${VAULT_ID}.json`), '{"half');
  const history = await openWatchHistory(folder, VAULT_ID);
  expect(history.of(testId("a"))).toBeUndefined();
  expect(existsSync(join(folder, `${VAULT_ID}.json.unreadable`))).toBe(true);
});

it("reports a failed write, and writes its content with the next one", async () => {
  const folder = join(temporaryFolder(), "history");
  const history = await openWatchHistory(folder, VAULT_ID);
  history.set(testId("a"), WATCHED);
  writeFileSync(folder, "a file where the folder should be");
  await expect(history.flush()).rejects.toThrow("EEXIST");
  rmSync(folder);
  await history.flush();
  expect((await openWatchHistory(folder, VAULT_ID)).of(testId("a"))).toEqual(WATCHED);
});
