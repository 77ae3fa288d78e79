import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createLicenseOffers } from "../../../src-main/links/license-offers.ts";
import { ok } from "../../../src-shared/result.ts";
import { licenseToken, ROOTS } from "../../fakes/issuer.ts";
import { addBuild, setHalt, setRelease, setSecurity } from "../../fakes/update-feed.ts";
import { mountMemory } from "../../ops/support/mounts.ts";
import { T, UpdateFixture } from "./update-fixture.ts";

const READY = { stage: "ready", offer: { version: "2.0.0", move: "forward" } };
const problem = (code: string) => ({ kind: "problem", code });
const hold = (reason: string) => ({ kind: "hold", reason });

describe("an update from the web", () => {
  it("is found, fetched, shown with its release notes, and installed when the person agrees", async () => {
    const fixture = await UpdateFixture.begin();
    const { updates, view } = await fixture.check();
    expect(view).toMatchObject({ ring: "ga", checked: T, outcome: null, now: READY });
    expect(view.now).toMatchObject({
      installable: true,
      offer: { from: "web", notes: { en: "What is new in 2.0.0" } },
    });
    expect(fixture.waiting()).toEqual(["bytes of build-2"]);
    expect(fixture.installed).toEqual([]);
    expect(fixture.steps).toEqual([
      ["offered", "2.0.0", 1, null],
      ["downloaded", "2.0.0", 1, null],
    ]);
    expect(await updates.install()).toEqual({ ok: true, value: undefined });
    expect(fixture.installed).toEqual([
      { version: "2.0.0", isOlder: false, content: "bytes of build-2", isIntact: true },
    ]);
    expect(fixture.steps.at(-1)).toEqual(["installed", "2.0.0", 1, null]);
    expect((await fixture.check()).view).toMatchObject({ outcome: { kind: "current" }, now: { stage: "idle" } });
    expect(fixture.waiting()).toEqual([]);
  });

  it("is not downloaded twice, and waits through a restart", async () => {
    const fixture = await UpdateFixture.begin();
    await fixture.check();
    expect((await fixture.check()).view.now).toMatchObject(READY);
    expect(fixture.server.requestedPaths.filter((path) => path.endsWith(".deb"))).toHaveLength(1);
  });

  it.each([
    ["ring0", true],
    ["ring1", true],
    ["ga", false],
  ] as const)("is that of %s", async (ring, hasDetails) => {
    const fixture = await UpdateFixture.begin((repository) => {
      for (const other of ["ring0", "ring1", "ga"] as const) {
        setRelease(repository, other, { build: other === ring ? "build-3" : "build-2" });
      }
    });
    fixture.ring = ring;
    const { view } = await fixture.check();
    expect(view).toMatchObject({ ring, now: { stage: "ready", offer: { version: "3.0.0" } } });
    expect(view.details !== null).toBe(hasDetails);
  });

  it("waits for the rollout share, unless a person starts the check", async () => {
    const fixture = await UpdateFixture.begin((repository) =>
      setRelease(repository, "ga", { basisPoints: 0, fallback: null, reason: "Stage 0" }),
    );
    expect((await fixture.check()).view.outcome).toEqual({
      kind: "hold",
      reason: "NOT_IN_SHARE",
      version: "2.0.0",
      words: "Stage 0",
    });
    expect((await fixture.check("web", "by-hand")).view.now).toMatchObject(READY);
  });

  it("that a person requested stays through the app's own checks, unless it is halted", async () => {
    const fixture = await UpdateFixture.begin((repository) =>
      setRelease(repository, "ga", { basisPoints: 0, fallback: null }),
    );
    const { updates } = await fixture.check("web", "by-hand");
    await updates.check("web", "by-itself");
    expect(updates.view()).toMatchObject({ now: READY, outcome: null });
    setHalt(fixture.repository, "ga", { build: "build-2" });
    fixture.repository.publish("halt");
    await updates.check("web", "by-itself");
    expect(updates.view()).toMatchObject({ now: { stage: "idle" }, outcome: hold("HALTED") });
  });

  it("applies the lists that are published with it, the keys first", async () => {
    const fixture = await UpdateFixture.begin((repository) => {
      repository.addTarget("lists", "lists/revocations.uvvrev", "R");
      repository.addTarget("lists", "lists/keys.uvvkeys", "K");
    });
    await fixture.check();
    expect(fixture.lists).toEqual(["keys K", "revocations R"]);
  });

  it("passes the ring's signed switches to features, also after a restart without a network", async () => {
    const fixture = await UpdateFixture.begin((repository) =>
      setRelease(repository, "ga", { flags: { "license-links": false, later: true } }),
    );
    expect((await fixture.start()).isOn("license-links")).toBe(true);
    expect((await fixture.check()).updates.isOn("license-links")).toBe(false);
    fixture.isOnline = false;
    expect((await fixture.start()).isOn("license-links")).toBe(false);
    fixture.isOnline = true;
    setRelease(fixture.repository, "ga", { seq: 2 });
    fixture.repository.publish("ga");
    expect((await fixture.check()).updates.isOn("license-links")).toBe(true);
  });

  it("takes no switch from a refused document", async () => {
    const fixture = await UpdateFixture.begin();
    await fixture.check();
    setRelease(fixture.repository, "ga", { seq: 1, flags: { "license-links": false } });
    fixture.repository.publish("ga");
    const { updates, view } = await fixture.check();
    expect([view.outcome, updates.isOn("license-links")]).toEqual([problem("RELEASE_REPLAYED"), true]);
  });

  it("turns license links off and on by the ring's signed document", async () => {
    const fixture = await UpdateFixture.begin((repository) =>
      setRelease(repository, "ga", { flags: { "license-links": false } }),
    );
    const { updates } = await fixture.check();
    const offers = createLicenseOffers({
      roots: async () => ROOTS,
      deviceKey: async () => ok(null),
      importLicense: async () => ok(null),
      areLinksOn: () => updates.isOn("license-links"),
      changed: () => undefined,
    });
    const url = `usb-video-vault://license?data=${Buffer.from(licenseToken()).toString("base64url")}`;
    await offers.receive({ kind: "link", url });
    expect(offers.view()).toEqual({ id: 1, refusal: "LINKS_OFF", facts: null });
    setRelease(fixture.repository, "ga", { seq: 2, flags: { "license-links": true } });
    fixture.repository.publish("ga");
    await updates.check("web", "by-itself");
    await offers.receive({ kind: "link", url });
    expect(offers.view()).toMatchObject({ id: 2, refusal: null });
  });

  it("reports that the feed cannot be reached, and keeps the waiting update", async () => {
    const fixture = await UpdateFixture.begin();
    const { updates } = await fixture.check();
    fixture.isOnline = false;
    await updates.check("web", "by-itself");
    expect(updates.view()).toMatchObject({ outcome: problem("UNREACHABLE"), now: READY });
    expect(await updates.install()).toEqual({ ok: false, error: "UNREACHABLE" });
    expect(fixture.installed).toEqual([]);
  });
});

describe("a full disk", () => {
  it("is reported, leaves no partial file, and the update is downloaded when there is space", async ({ skip }) => {
    const fixture = await UpdateFixture.begin((repository) => addBuild(repository, "build-2", {}, "x".repeat(600_000)));
    const unmount = mountMemory(fixture.pending, "size=400k");
    if (!unmount) return skip("no file system of a fixed size can be mounted here");
    const { view } = await fixture.check();
    expect(view).toMatchObject({ outcome: problem("DISK_FULL"), now: { stage: "idle" } });
    expect(fixture.waiting()).toEqual([]);
    unmount();
    expect((await fixture.check()).view.now).toMatchObject(READY);
  });
});

describe("before it is installed, an update is decided and hashed again", () => {
  it("and is removed if it was halted in the meantime", async () => {
    const fixture = await UpdateFixture.begin();
    const { updates } = await fixture.check();
    setHalt(fixture.repository, "ga", { build: "build-2", reason: "Crashes at start" });
    fixture.repository.publish("halt");
    expect(await updates.install()).toEqual({ ok: false, error: "NOTHING_READY" });
    expect(fixture.installed).toEqual([]);
    expect(fixture.waiting()).toEqual([]);
    expect(updates.view()).toMatchObject({
      now: { stage: "idle" },
      outcome: { ...hold("HALTED"), version: "2.0.0", words: "Crashes at start" },
    });
  });

  it.each([
    ["revoked", () => ({ revokedBuilds: ["build-2"] }), "REVOKED"],
    ["put below the floor", () => ({ buildFloor: 3 }), "BELOW_FLOOR"],
  ])("and is removed if it was %s in the meantime", async (_name, security, reason) => {
    const fixture = await UpdateFixture.begin();
    const { updates } = await fixture.check();
    setSecurity(fixture.repository, { seq: 2, ...security() });
    fixture.repository.publish("targets");
    await updates.install();
    expect(fixture.installed).toEqual([]);
    expect(fixture.waiting()).toEqual([]);
    expect(updates.view().outcome).toMatchObject(hold(reason));
  });

  it("and is removed if the percentage was reduced to zero", async () => {
    const fixture = await UpdateFixture.begin();
    const { updates } = await fixture.check();
    setRelease(fixture.repository, "ga", { seq: 2, basisPoints: 0 });
    fixture.repository.publish("ga");
    await updates.install();
    expect(fixture.installed).toEqual([]);
  });

  it("and is replaced by a newer one, which then waits", async () => {
    const fixture = await UpdateFixture.begin();
    const { updates } = await fixture.check();
    setRelease(fixture.repository, "ga", { seq: 2, build: "build-3" });
    fixture.repository.publish("ga");
    expect(await updates.install()).toEqual({ ok: false, error: "NOTHING_READY" });
    expect(fixture.waiting()).toEqual(["bytes of build-3"]);
    expect(await updates.install()).toEqual({ ok: true, value: undefined });
    expect(fixture.version).toBe("3.0.0");
  });

  it("and is refused if the file was exchanged after it was verified", async () => {
    const fixture = await UpdateFixture.begin();
    const { updates } = await fixture.check();
    const [folder = ""] = readdirSync(fixture.pending);
    writeFileSync(join(fixture.pending, folder, "app_2.0.0.deb"), "bytes of a thief");
    expect(await updates.install()).toEqual({ ok: false, error: "MISMATCH" });
    expect(fixture.installed).toEqual([]);
    expect(fixture.waiting()).toEqual([]);
  });

  it("and is available again after the system refused it", async () => {
    const fixture = await UpdateFixture.begin();
    fixture.installs = false;
    const { updates } = await fixture.check();
    expect(await updates.install()).toEqual({ ok: false, error: "NOT_INSTALLED" });
    expect(updates.view()).toMatchObject({ now: READY, outcome: problem("NOT_INSTALLED") });
    fixture.installs = true;
    expect(await updates.install()).toEqual({ ok: true, value: undefined });
  });

  it("says that it waits while the system finishes another installation", async () => {
    const fixture = await UpdateFixture.begin();
    fixture.isOtherInstalling = true;
    const { updates } = await fixture.check();
    const shown: unknown[] = [];
    fixture.changed = () => void shown.push(updates.view().now);
    expect(await updates.install()).toEqual({ ok: true, value: undefined });
    expect(shown.slice(0, 2)).toMatchObject([
      { stage: "installing", isWaiting: false },
      { stage: "installing", isWaiting: true },
    ]);
  });
});

describe("a rollback", () => {
  const back = { seq: 2, kind: "rollback", build: "build-1", from: ["build-2"], fallback: null };

  it("installs the older build, and the newer one is not installed again", async () => {
    const fixture = await UpdateFixture.begin();
    fixture.version = "2.0.0";
    await fixture.check();
    setRelease(fixture.repository, "ga", back);
    fixture.repository.publish("ga");
    const { updates, view } = await fixture.check();
    expect(view.now).toMatchObject({ stage: "ready", offer: { version: "1.0.0", move: "rollback" } });
    await updates.install();
    expect(fixture.installed).toMatchObject([{ version: "1.0.0", isOlder: true }]);
    setRelease(fixture.repository, "ga", { seq: 3 });
    fixture.repository.publish("ga");
    expect((await fixture.check("web", "by-hand")).view.outcome).toMatchObject(hold("ROLLED_BACK"));
    setRelease(fixture.repository, "ga", { seq: 4, build: "build-3" });
    fixture.repository.publish("ga");
    expect((await fixture.check()).view.now).toMatchObject({ offer: { version: "3.0.0" } });
  });

  it("is a replay if it has the number of what was seen", async () => {
    const fixture = await UpdateFixture.begin();
    fixture.version = "2.0.0";
    await fixture.check();
    setRelease(fixture.repository, "ga", { ...back, seq: 1 });
    fixture.repository.publish("ga");
    const { view } = await fixture.check();
    expect(view.outcome).toEqual(problem("RELEASE_REPLAYED"));
    const documents = [...fixture.repository.files].filter(([path]) => path.endsWith(".release.json"));
    const hashes = documents.map(([, bytes]) => createHash("sha256").update(bytes).digest("hex"));
    const refused = fixture.logged.at(-1);
    expect(refused).toMatchObject({ event: "updates.refused", code: "RELEASE_REPLAYED" });
    expect(hashes).toContain(refused?.["artefact"]);
  });

  it("keeps the data of the newer build", async () => {
    const fixture = await UpdateFixture.begin();
    writeFileSync(join(fixture.data, "updates.json"), '{"v":9,"rolledBack":["build-9"],"flags":"?","newer":{"a":1}}');
    fixture.version = "2.0.0";
    setRelease(fixture.repository, "ga", back);
    fixture.repository.publish("ga");
    await (await fixture.check()).updates.install();
    expect(JSON.parse(readFileSync(join(fixture.data, "updates.json"), "utf8"))).toEqual({
      v: 9,
      rolledBack: ["build-9", "build-2"],
      flags: {},
      newer: { a: 1 },
    });
  });
});
