import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openSettingsStore } from "../../../src-main/settings/index.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";

const DEFAULTS = {
  language: "system",
  appearance: "system",
  volume: 1,
  muted: false,
  soundLanguage: "",
  autoplay: true,
  subtitleSize: "normal",
  subtitleBackground: "dark",
};

it("begins with the defaults and stores what is changed", async () => {
  const path = join(temporaryFolder(), "deep", "settings.json");
  const store = openSettingsStore(path);
  expect(store.settings()).toEqual(DEFAULTS);
  expect(await store.change({ language: "fr", volume: 0.4 })).toEqual({ ok: true, value: undefined });
  expect(openSettingsStore(path).settings()).toEqual({ ...DEFAULTS, language: "fr", volume: 0.4 });
});

it("falls back to the default for each member separately", () => {
  const path = join(temporaryFolder(), "settings.json");
  writeFileSync(path, JSON.stringify({ language: "klingon", appearance: "dark", volume: 7 }));
  expect(openSettingsStore(path).settings()).toEqual({ ...DEFAULTS, appearance: "dark" });
});

it.each(["", "not json", "[]", '"text"'])("starts with the defaults if the file is unreadable: %j", (content) => {
  const path = join(temporaryFolder(), "settings.json");
  writeFileSync(path, content);
  expect(openSettingsStore(path).settings()).toEqual(DEFAULTS);
});

it("remembers the last five vaults seen, newest first, each once", async () => {
  const path = join(temporaryFolder(), "settings.json");
  const store = openSettingsStore(path);
  for (const name of ["a", "b", "c", "d", "e", "f", "b"]) await store.remember({ stickId: testId(name), label: name });
  expect(
    openSettingsStore(path)
      .recent()
      .map(({ label }) => label),
  ).toEqual(["b", "f", "e", "d", "c"]);
});

it("reports when it cannot write", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "file"), "");
  const store = openSettingsStore(join(folder, "file", "settings.json"));
  expect(await store.change({ muted: true })).toEqual({ ok: false, error: "NOT_WRITTEN" });
});

it("writes changes in the order in which they were made", async () => {
  const path = join(temporaryFolder(), "settings.json");
  const store = openSettingsStore(path);
  await Promise.all([store.change({ volume: 0.1 }), store.change({ volume: 0.2 }), store.change({ volume: 0.3 })]);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ volume: 0.3 });
});

it("treats consent as not given until it was, and again if the file contains anything else", async () => {
  const path = join(temporaryFolder(), "settings.json");
  const store = openSettingsStore(path);
  expect(store.consent()).toBe("unasked");
  await store.setConsent("given");
  await store.change({ language: "fr" });
  expect(openSettingsStore(path).consent()).toBe("given");
  writeFileSync(path, JSON.stringify({ consent: true }));
  expect(openSettingsStore(path).consent()).toBe("unasked");
});
