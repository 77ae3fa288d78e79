import { spawnSync } from "node:child_process";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openComputer, type Ending, PACKAGE, type UpdatedComputer } from "./updated-computer.ts";

vi.setConfig({ testTimeout: 2_400_000 });

const RANDOM_KILLS = 40;

type Outcome = "killed with the old version" | "killed with the new version" | "ended by itself";

/** Publishes a version, kills the app during its update, and lets the next start finish it. */
async function killAndRecover(computer: UpdatedComputer, ending: Ending): Promise<Outcome> {
  const before = computer.installed();
  const version = computer.publish();
  const { killed } = await computer.run(ending);
  const between = computer.installed();
  expect([before, version]).toContain(between);
  const next = await computer.run("alone");
  expect(next.killed).toBe(false);
  // Either the killed start had already installed the version, or the next start installs it.
  expect(next.messages).toContainEqual(between === version ? checkedResult("current") : { installed: "ok" });
  expect(computer.installed()).toBe(version);
  expect(computer.leftParts()).toBe(0);
  if (!killed) return "ended by itself";
  return between === version ? "killed with the new version" : "killed with the old version";
}

const checkedResult = (what: string): unknown => expect.objectContaining({ looked: what });

describe.skipIf(process.getuid?.() !== 0)("an update that is killed (only root may run dpkg here)", () => {
  it("at every write step, and at random moments, leaves an app that can still update", async () => {
    onTestFinished(() => void spawnSync("dpkg", ["--purge", PACKAGE], { stdio: "ignore" }));
    const computer = await openComputer(`usb-video-vault-kills-${process.pid}`);
    expect((await computer.run("alone")).messages).toContainEqual(checkedResult("current"));
    computer.publish();
    const startedAt = performance.now();
    const { steps, messages } = await computer.run("alone");
    const runMs = performance.now() - startedAt;
    expect(messages).toContainEqual({ installed: "ok" });
    expect(steps).toBeGreaterThan(60);

    const outcomes = new Map<string, number>();
    const count = (how: string, outcome: Outcome) =>
      outcomes.set(`${how}: ${outcome}`, (outcomes.get(`${how}: ${outcome}`) ?? 0) + 1);
    for (let at = 1; at <= steps; at++)
      count("at a step", await killAndRecover(computer, { at, when: at % 2 === 0 ? "before" : "half" }));
    for (let i = 0; i < RANDOM_KILLS; i++)
      count("at random", await killAndRecover(computer, { afterMs: Math.random() * runMs }));

    for (const [outcome, times] of outcomes) process.stdout.write(`${String(times).padStart(5)}  ${outcome}\n`);
    process.stdout.write(
      `${steps} steps of one update; no counter went down, nothing unlisted was installLog to dpkg\n`,
    );
    const killed = [...outcomes].filter(([outcome]) => outcome.startsWith("at a step: killed"));
    // A start may have fewer steps than the counted one, if a file was already the same.
    expect(killed.reduce((sum, [, times]) => sum + times, 0)).toBeGreaterThan(steps - 5);
    expect(killed).toHaveLength(2);
  });
});
