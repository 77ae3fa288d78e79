import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openAsReader } from "../support/open-as-reader.ts";
import { openPublisherFixture, type PublisherFixture, TIDES } from "../support/publisher-fixture.ts";
import { type Packed, refusal, succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let fixture: PublisherFixture;
beforeAll(async () => {
  fixture = await openPublisherFixture();
});
afterAll(() => fixture.remove());

const on = (stick: string, ...rest: string[]) => ["--stick", stick, "--keys", fixture.keys, ...rest];
const isHiddenOn = async (stick: string) => (await openAsReader(fixture, stick)).catalog.hidesTitles;

function save(name: string, plan: unknown): string {
  const path = fixture.path(name);
  writeFileSync(path, JSON.stringify(plan));
  return path;
}

/** A folder with this film, and the plan of it. */
async function planOf(name: string): Promise<Record<string, unknown>> {
  const folder = fixture.path(`films ${name}`);
  mkdirSync(folder);
  cpSync(TIDES, join(folder, `${name}.webm`));
  return JSON.parse((await vaultctl(["plan", folder])).stdout) as Record<string, unknown>;
}

it("a plan hides the titles outside of the app, which every later change and every copy keeps until a plan says otherwise", async () => {
  const [stick, copy] = [fixture.stick, fixture.newStick("copy")];
  const plan = await planOf("one");
  expect(plan["hidesTitles"]).toBe(false);
  await succeed(["pack", "--no-trial", ...on(stick, "--plan", save("pack.json", { ...plan, hidesTitles: true }))]);
  expect(await isHiddenOn(stick)).toBe(true);
  await succeed(["stick", "copy", stick, copy, "--keys", fixture.keys]);
  const more = await planOf("two");
  const added = await succeed<Packed>(["add", "--no-trial", ...on(stick, String(more["folder"]))]);
  expect(await isHiddenOn(stick)).toBe(true);
  await succeed(["remove", ...on(stick, added.videos[1]?.id ?? "")]);
  expect([await isHiddenOn(stick), await isHiddenOn(copy)]).toEqual([true, true]);

  const edit = JSON.parse((await vaultctl(["plan", ...on(stick)])).stdout) as Record<string, unknown>;
  expect(edit["hidesTitles"]).toBe(true);
  const { hidesTitles: _hidden, ...silent } = edit;
  await succeed(["edit", ...on(stick, "--plan", save("silent.json", silent))]);
  expect(await isHiddenOn(stick)).toBe(true);
  await succeed(["edit", ...on(stick, "--plan", save("edit.json", { ...edit, hidesTitles: false }))]);
  expect(await isHiddenOn(stick)).toBe(false);
  // Nothing else is different: a sync brings this as well.
  await succeed(["stick", "sync", "--master", stick, "--keys", fixture.keys, "--stick", copy]);
  expect(await isHiddenOn(copy)).toBe(false);
  const wrong = save("wrong.json", { ...edit, hidesTitles: "yes" });
  expect(await refusal(["edit", ...on(stick, "--plan", wrong)])).toBe("PLAN_INVALID");
});
