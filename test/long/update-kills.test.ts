import { spawnSync } from "node:child_process";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { beginComputer, type Ending, PACKAGE, type UpdatedComputer } from "./updated-computer.ts";

vi.setConfig({ testTimeout: 2_400_000 });

const RANDOM_KILLS = 40;

type Fate = "killed with the old version" | "killed with the new version" | "came to its end";

/** Publishes a version, lets the app be killed over it, and lets the next start do what is left. */
async function survive(computer: UpdatedComputer, ending: Ending): Promise<Fate> {
  const before = computer.installed();
  const version = computer.publish();
  const { killed } = await computer.live(ending);
  const between = computer.installed();
  expect([before, version]).toContain(between);
  const next = await computer.live("alone");
  expect(next.killed).toBe(false);
  // What the killed start had installed already is there; anything else is installed now.
  expect(next.words).toContainEqual(between === version ? looked("current") : { installed: "ok" });
  expect(computer.installed()).toBe(version);
  expect(computer.leftParts()).toBe(0);
  if (!killed) return "came to its end";
  return between === version ? "killed with the new version" : "killed with the old version";
}

const looked = (what: string): unknown => expect.objectContaining({ looked: what });

describe.skipIf(process.getuid?.() !== 0)("an update that is killed (only root may run dpkg here)", () => {
  it("at every step of its writing, and at random moments, leaves an app that updates", async () => {
    onTestFinished(() => void spawnSync("dpkg", ["--purge", PACKAGE], { stdio: "ignore" }));
    const computer = await beginComputer(`usb-video-vault-kills-${process.pid}`);
    expect((await computer.live("alone")).words).toContainEqual(looked("current"));
    computer.publish();
    const begun = performance.now();
    const { steps, words } = await computer.live("alone");
    const lifeMs = performance.now() - begun;
    expect(words).toContainEqual({ installed: "ok" });
    expect(steps).toBeGreaterThan(60);

    const fates = new Map<string, number>();
    const count = (how: string, fate: Fate) => fates.set(`${how}: ${fate}`, (fates.get(`${how}: ${fate}`) ?? 0) + 1);
    for (let at = 1; at <= steps; at++)
      count("at a step", await survive(computer, { at, when: at % 2 === 0 ? "before" : "half" }));
    for (let i = 0; i < RANDOM_KILLS; i++)
      count("at random", await survive(computer, { afterMs: Math.random() * lifeMs }));

    for (const [fate, times] of fates) process.stdout.write(`${String(times).padStart(5)}  ${fate}\n`);
    process.stdout.write(`${steps} steps of one update; no counter went down, nothing unlisted was handed to dpkg\n`);
    const killed = [...fates].filter(([fate]) => fate.startsWith("at a step: killed"));
    // A start may have a step less than the one that was counted: a file that was the same already.
    expect(killed.reduce((sum, [, times]) => sum + times, 0)).toBeGreaterThan(steps - 5);
    expect(killed).toHaveLength(2);
  });
});
