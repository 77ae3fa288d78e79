import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Halt, Halts, Release } from "../../../src-shared/updates/index.ts";
import { SKIP_OBSERVATION, writeChecklist } from "../../fakes/promotion-evidence-files.ts";
import { type FeedFixture, openFeedFixture } from "./support/feed-fixture.ts";
import { serve, type TufReader, tufReader } from "./support/tuf-reader.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let publisher: FeedFixture;
let reader: TufReader;
beforeEach(async () => {
  publisher = await openFeedFixture();
  const { url } = await serve(publisher.repo);
  reader = tufReader(url, join(publisher.trust, "feed-root.json"));
});

const release = (ring: string) => reader.json<Release>(`rings/${ring}/release.json`);
const halt = (ring: string) => reader.json<Halts>(`halts/${ring}/halt.json`);
const validatedRings = () => {
  const { rings } = JSON.parse(readFileSync(join(publisher.repo, "ring-targets.json"), "utf8")) as {
    rings: Record<string, { validated: boolean }>;
  };
  return Object.entries(rings).map(([ring, { validated }]) => `${ring} ${validated}`);
};
const promote = (ring: string, build: string, gate: string, ...rest: string[]) =>
  publisher.feed(
    "promote",
    "--ring",
    ring,
    "--build",
    build,
    ...publisher.promotionOptions(ring, gate, build),
    ...rest,
  );

describe("a build on its way through the rings (R-15, R-16)", () => {
  it("can be read by another TUF client at every step, with the same files in each ring", async () => {
    const build = await publisher.build("1.0.0");
    const path = `builds/${build}/usb-video-vault_1.0.0_amd64.deb`;
    expect(await reader.read(path)).toBe("package 1.0.0");
    expect(await release("ring0")).toBeUndefined();

    await publisher.feed("release", "--ring", "ring0", "--build", build);
    expect(await release("ring0")).toMatchObject({
      seq: 1,
      kind: "forward",
      build,
      basisPoints: 10_000,
      fallback: null,
    });
    await promote("ring1", build, "ring0");
    expect(await release("ring1")).toMatchObject({
      seq: 1,
      build,
      verdictHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    for (const [stage, gate] of [
      [1000, "ring1"],
      [5000, "ga"],
      [10_000, "ga"],
    ] as const) {
      await promote("ga", build, gate);
      expect(await release("ga")).toMatchObject({ build, basisPoints: stage });
    }
    expect((await release("ga"))?.seq).toBe(3);
    expect(await reader.read(path)).toBe("package 1.0.0");
  });

  it("does not reach ring1 before it has passed in ring0, nor ga before ring1", async () => {
    const build = await publisher.build("1.0.0");
    const early = ["--ring", "ring1", "--build", build, ...publisher.promotionOptions("ring1", "ring0", build)];
    expect(await publisher.refused("promote", ...early)).toBe("BUILD_NEVER_OFFERED");
    await publisher.feed("release", "--ring", "ring0", "--build", build);
    expect(await publisher.refused("promote", "--ring", "ring1", "--build", build)).toBe("RING_NOT_VALIDATED");
    const skipping = ["--ring", "ga", "--build", build, ...publisher.promotionOptions("ga", "ring1", build)];
    expect(await publisher.refused("promote", ...skipping)).toBe("BUILD_NEVER_OFFERED");
    await promote("ring1", build, "ring0");
    expect(await publisher.refused("promote", "--ring", "ga", "--build", build)).toBe("RING_NOT_VALIDATED");
  });

  it("needs no verdict file if the ring's keys have already signed the validation", async () => {
    const build = await publisher.build("1.0.0");
    await publisher.feed("release", "--ring", "ring0", "--build", build);
    const verdict = publisher.verdict("ring0", build);
    await publisher.feed("validate", "--ring", "ring0", "--verdict", verdict);
    expect(validatedRings()).toEqual(["ring0 true", "ring1 false", "ga false"]);
    const checklist = writeChecklist(publisher.folder, "ring1", build, verdict);
    await publisher.feed("promote", "--ring", "ring1", "--build", build, "--checklist", checklist, ...SKIP_OBSERVATION);
    expect(await release("ring1")).toMatchObject({ build });
    const next = await publisher.build("1.1.0");
    await publisher.feed("release", "--ring", "ring0", "--build", next);
    expect(validatedRings()).toEqual(["ring0 false", "ring1 false", "ga false"]);
    expect(await publisher.refused("promote", "--ring", "ring1", "--build", next)).toBe("RING_NOT_VALIDATED");
  });

  it("does not get a larger share of ga with the verdict of the previous share", async () => {
    const build = await publisher.build("1.0.0");
    await publisher.feed("release", "--ring", "ring0", "--build", build);
    await promote("ring1", build, "ring0");
    await promote("ga", build, "ring1", "--basis-points", "1000");
    const more = ["--ring", "ga", "--build", build, "--basis-points", "5000"];
    expect(await publisher.refused("promote", ...more)).toBe("RING_NOT_VALIDATED");
    expect(await publisher.refused("promote", ...more, ...publisher.promotionOptions("ga", "ring1", build))).toBe(
      "BUILD_RUNNING",
    );
    const verdict = publisher.verdict("ga", build);
    await publisher.feed("promote", ...more, "--verdict", verdict, ...SKIP_OBSERVATION);
    const most = ["--ring", "ga", "--build", build, "--basis-points", "10000"];
    expect(await publisher.refused("promote", ...most, "--verdict", verdict)).toBe("RING_NOT_VALIDATED");
    await publisher.feed("promote", ...most.with(5, "0"));
    expect(await release("ga")).toMatchObject({ basisPoints: 0, seq: 3 });
  });

  it.each(["fail", "inconclusive"] as const)("is not promoted on a verdict with the outcome %s", async (found) => {
    const build = await publisher.build("1.0.0");
    await publisher.feed("release", "--ring", "ring0", "--build", build);
    const verdict = publisher.verdict("ring0", build, { found });
    const checklist = ["--checklist", writeChecklist(publisher.folder, "ring1", build, verdict)];
    const words = ["--ring", "ring1", "--build", build, "--verdict", verdict, ...checklist, ...SKIP_OBSERVATION];
    expect(await publisher.refused("promote", ...words)).toBe("VERDICT_NOT_PASS");
    expect(await publisher.refused("validate", "--ring", "ring0", "--verdict", verdict)).toBe("VERDICT_NOT_PASS");
  });

  it("keeps the last stable build for machines outside the share", async () => {
    const [first, second] = [await publisher.build("1.0.0"), await publisher.build("1.1.0")];
    await publisher.promoteEverywhere(first);
    await publisher.feed("release", "--ring", "ring0", "--build", second);
    await promote("ring1", second, "ring0");
    await promote("ga", second, "ring1");
    expect(await release("ga")).toMatchObject({ build: second, basisPoints: 1000, fallback: first });
    await promote("ga", second, "ga");
    expect(await release("ga")).toMatchObject({ basisPoints: 5000, fallback: first });
  });

  it("cannot be released if it is older or not listed", async () => {
    const [first, second] = [await publisher.build("1.0.0"), await publisher.build("1.1.0")];
    await publisher.feed("release", "--ring", "ring0", "--build", second);
    expect(await publisher.refused("release", "--ring", "ring0", "--build", first)).toBe("BUILD_OLDER");
    expect(await publisher.refused("release", "--ring", "ring0", "--build", "9.9.9-none")).toBe("BUILD_UNKNOWN");
  });
});

describe("a rollback", () => {
  it("is a newer document that names every build of the ring, and only accepts builds that the ring had", async () => {
    const [first, second, third] = [
      await publisher.build("1.0.0"),
      await publisher.build("1.1.0"),
      await publisher.build("1.2.0"),
    ];
    await publisher.promoteEverywhere(first);
    await publisher.promoteEverywhere(second);
    const back = ["--ring", "ga", "--reason", "Crashes at start"];
    expect(await publisher.refused("rollback", ...back, "--to", third)).toBe("BUILD_NEVER_OFFERED");
    await publisher.feed("rollback", ...back, "--to", first);
    expect(await release("ga")).toMatchObject({
      seq: 7,
      kind: "rollback",
      build: first,
      from: [second],
      fallback: null,
    });
    expect(await release("ring1")).toMatchObject({ kind: "forward", build: second });
    expect(await publisher.refused("promote", "--ring", "ga", "--build", second)).toBe("BUILD_ROLLED_BACK");
  });

  it("invalidates the ring's validation", async () => {
    const [first, second] = [await publisher.build("1.0.0"), await publisher.build("1.1.0")];
    await publisher.promoteEverywhere(first);
    await publisher.feed("release", "--ring", "ring0", "--build", second);
    await promote("ring1", second, "ring0");
    await publisher.feed("validate", "--ring", "ring1", "--verdict", publisher.verdict("ring1", second));
    await publisher.feed("rollback", "--ring", "ring1", "--to", first, "--reason", "Bad");
    expect(await publisher.refused("promote", "--ring", "ga", "--build", second)).toBe("RING_NOT_VALIDATED");
  });

  it.each([
    ["below the security floor", ["--floor", "2"], "BUILD_BELOW_FLOOR"],
    ["to a revoked build", ["--revoke", "FIRST"], "BUILD_REVOKED"],
  ])("is refused %s", async (_name, order, code) => {
    const [first, second] = [await publisher.build("1.0.0", 1), await publisher.build("1.1.0", 2)];
    await publisher.promoteEverywhere(first);
    await publisher.promoteEverywhere(second);
    await publisher.feed("security", ...order.map((word) => (word === "FIRST" ? first : word)));
    expect(await publisher.refused("rollback", "--ring", "ga", "--to", first, "--reason", "Bad")).toBe(code);
  });

  it("is refused if there is nothing to roll back", async () => {
    const build = await publisher.build("1.0.0");
    expect(await publisher.refused("rollback", "--ring", "ga", "--to", build, "--reason", "x")).toBe("RING_EMPTY");
    await publisher.feed("release", "--ring", "ring0", "--build", build);
    expect(await publisher.refused("rollback", "--ring", "ring0", "--to", build, "--reason", "x")).toBe(
      "BUILD_NEVER_OFFERED",
    );
  });
});

describe("a halt", () => {
  it("names one build, needs only the server's key, and is lifted by the ring that names it", async () => {
    const build = await publisher.build("1.0.0");
    await publisher.promoteEverywhere(build);
    await publisher.feed("halt", "--ring", "ga", "--reason", "Crashes");
    expect(await halt("ga")).toMatchObject({ seq: 1, halts: [{ seq: 1, build, reason: "Crashes" }] });
    expect(await halt("ring1")).toBeUndefined();
    expect(await release("ga")).toMatchObject({ seq: 3, kind: "forward" });
    await publisher.feed("resume", "--ring", "ga", "--reason", "The driver was at fault");
    const undone = { build, generation: 1, seq: 1 };
    expect(await release("ga")).toMatchObject({
      seq: 4,
      kind: "resume",
      build,
      resumed: [undone],
      basisPoints: 10_000,
    });
    await publisher.feed("flags", "--ring", "ga", "--on", "chapters", "--reason", "Chapters for all");
    expect(await release("ga")).toMatchObject({ seq: 5, resumed: [undone], flags: { chapters: true } });
    await publisher.feed("halt", "--ring", "ga", "--reason", "Again");
    expect(await halt("ga")).toMatchObject({ seq: 2, halts: [{ seq: 2, build, reason: "Again" }] });
    expect((await publisher.feed<{ rings: { ga: { halt: Halt } } }>("status")).rings.ga.halt).toMatchObject({ seq: 2 });
  });

  it("prevents the promotion of its build, also from the previous ring", async () => {
    const build = await publisher.build("1.0.0");
    await publisher.feed("release", "--ring", "ring0", "--build", build);
    await publisher.feed("validate", "--ring", "ring0", "--verdict", publisher.verdict("ring0", build));
    await publisher.feed("halt", "--ring", "ring0", "--reason", "Crashes");
    const words = ["--ring", "ring1", "--build", build, ...publisher.promotionOptions("ring1", "ring0", build)];
    expect(await publisher.refused("promote", ...words)).toBe("BUILD_HALTED");
    await publisher.feed("resume", "--ring", "ring0", "--reason", "False alarm");
    await publisher.feed("promote", ...words);
  });

  it("does not bypass a gate: a resume gives a ring no new build and no larger share", async () => {
    const build = await publisher.build("1.0.0");
    await publisher.feed("halt", "--ring", "ga", "--build", build, "--reason", "x");
    expect(await publisher.refused("resume", "--ring", "ga", "--reason", "x")).toBe("RING_EMPTY");
    expect(await publisher.refused("release", "--ring", "ring0", "--build", build)).toBe("BUILD_HALTED");
    const [first, next] = [await publisher.build("1.1.0"), await publisher.build("1.2.0")];
    await publisher.promoteEverywhere(first);
    expect(await publisher.refused("resume", "--ring", "ring1", "--reason", "x")).toBe("HALT_UNKNOWN");
    await publisher.feed("halt", "--ring", "ga", "--build", next, "--reason", "x");
    const resume = ["--ring", "ga", "--reason", "x"];
    expect(await publisher.refused("resume", ...resume)).toBe("HALT_AMBIGUOUS");
    for (const never of [build, next]) {
      expect(await publisher.refused("resume", ...resume, "--build", never, "--basis-points", "10")).toBe("USAGE");
      await publisher.feed("resume", ...resume, "--build", never);
      expect(await release("ga")).toMatchObject({ kind: "forward", build: first, basisPoints: 10_000 });
    }
  });

  it("can be combined with a rollback: the ring runs the old build until the halted one is resumed", async () => {
    const [first, second] = [await publisher.build("1.0.0"), await publisher.build("1.1.0")];
    await publisher.promoteEverywhere(first);
    await publisher.promoteEverywhere(second);
    await publisher.feed("halt", "--ring", "ga", "--reason", "Bad");
    await publisher.feed("rollback", "--ring", "ga", "--to", first, "--reason", "Bad");
    expect(await publisher.refused("resume", "--ring", "ga", "--reason", "x", "--basis-points", "10000")).toBe(
      "RING_NOT_VALIDATED",
    );
    await publisher.feed("resume", "--ring", "ga", "--reason", "Not so bad");
    expect(await release("ga")).toMatchObject({ kind: "resume", build: second, basisPoints: 1000, fallback: first });
  });
});

describe("ring-targets.json", () => {
  const file = () => join(publisher.repo, "ring-targets.json");
  const edit = (from: string, to: string) => writeFileSync(file(), readFileSync(file(), "utf8").replace(from, to));

  it("keeps the machines that people enter", async () => {
    edit('"targets": []', '"targets": [{"hostname": "lab-1", "type": "internal"}]');
    await publisher.feed("release", "--ring", "ring0", "--build", await publisher.build("1.0.0"));
    expect(JSON.parse(readFileSync(file(), "utf8"))).toMatchObject({
      rings: { ring0: { validated: false, targets: [{ hostname: "lab-1", type: "internal" }] } },
    });
  });

  it("with an edited `validated` value blocks every change until the edit is undone", async () => {
    const build = await publisher.build("1.0.0");
    await publisher.feed("release", "--ring", "ring0", "--build", build);
    edit('"validated": false', '"validated": true');
    expect(await publisher.refused("promote", "--ring", "ring1", "--build", build)).toBe("RING_TARGETS_EDITED");
    expect(await publisher.refused("refresh")).toBe("RING_TARGETS_EDITED");
    expect(await publisher.feed("status")).toMatchObject({ notes: [expect.stringContaining("ring0.validated")] });
    edit('"validated": true', '"validated": false');
    await publisher.feed("refresh");
  });

  it.each([
    ["a missing ring", '"ring1"', '"ring2"'],
    ["a machine of an unknown type", '"targets": []', '"targets": [{"hostname": "lab-1", "type": "other"}]'],
    ["invalid JSON", "{", ""],
  ])("refuses %s", async (_name, from, to) => {
    edit(from, to);
    expect(await publisher.refused("refresh")).toBe("RING_TARGETS_INVALID");
  });

  it("refuses a machine that is in two rings", async () => {
    const targets = '"targets": [{"hostname": "Lab-1", "type": "client"}]';
    edit('"targets": []', targets);
    edit('"targets": []', targets.toLowerCase());
    expect(await publisher.refused("refresh")).toBe("RING_TARGETS_INVALID");
  });
});
