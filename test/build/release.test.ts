import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildApp } from "../../build/build-app.ts";
import { projectRoot, readElectronRuntime, refuseFallback } from "../../build/electron-runtime.ts";
import { readPublisherProfile } from "../../build/publisher-profile.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { testKey, testKeyFile } from "../fakes/test-keys.ts";

function profileWith(dev: boolean): string {
  const folder = temporaryFolder();
  const { root } = testKey("publisher", "vault-publisher", { dev });
  writeFileSync(join(folder, "a.jwk.json"), JSON.stringify(testKeyFile({ ...root, role: "vault-publisher" })));
  return folder;
}

describe("a release", () => {
  it("refuses development roots, a profile without roots, and a file that is not a key", () => {
    expect(() => readPublisherProfile(profileWith(true), true)).toThrow("development root");
    expect(() => readPublisherProfile(temporaryFolder(), true)).toThrow("needs trust roots");
    const broken = profileWith(false);
    writeFileSync(join(broken, "b.jwk.json"), "{}");
    expect(() => readPublisherProfile(broken, true)).toThrow("not a public key");
    expect(readPublisherProfile(profileWith(false), true).roots).toHaveLength(1);
  });

  it("refuses the fallback Electron", () => {
    const runtime = { executable: "electron", version: "42.0.0", origin: "fallback" } as const;
    expect(() => refuseFallback(runtime)).toThrow("official");
    expect(() => refuseFallback({ ...runtime, origin: "official" })).not.toThrow();
  });

  it("refuses it before it changes the output of an earlier build", async (context) => {
    if (readElectronRuntime().origin === "official") context.skip("this machine has the official Electron");
    const before = existsSync(join(projectRoot, "out"));
    await expect(buildApp({ profile: profileWith(false), release: true })).rejects.toThrow("official");
    expect(existsSync(join(projectRoot, "out"))).toBe(before);
  });
});

it("accepts development roots, or no roots, in a development build", () => {
  expect(readPublisherProfile(profileWith(true), false).roots).toHaveLength(1);
  expect(readPublisherProfile(temporaryFolder(), false)).toEqual({
    roots: [],
    support: "",
    feed: null,
    buildFloor: 0,
    ingest: null,
    monitoring: "",
  });
});

it("contains the feed's first root and address, and refuses an address without https in a release", () => {
  const folder = profileWith(false);
  writeFileSync(join(folder, "feed-root.json"), "{}");
  writeFileSync(join(folder, "profile.json"), '{"feed": "http://127.0.0.1:1/", "buildFloor": 4}');
  expect(readPublisherProfile(folder, false)).toMatchObject({
    feed: { url: "http://127.0.0.1:1/", root: "{}" },
    buildFloor: 4,
  });
  expect(() => readPublisherProfile(folder, true)).toThrow(/https/);
  writeFileSync(join(folder, "profile.json"), '{"feed": "https://updates.example.org"}');
  expect(readPublisherProfile(folder, true).feed?.url).toBe("https://updates.example.org");
  writeFileSync(join(folder, "feed-root.json"), '{"signed": {"uvv:dev": true}}');
  expect(readPublisherProfile(folder, false).feed).not.toBeNull();
  expect(() => readPublisherProfile(folder, true)).toThrow(/development/);
});

it("contains the telemetry address of the publisher's ingest or of a collector, and refuses one without https in a release", () => {
  const folder = profileWith(false);
  const profile = (content: object) => writeFileSync(join(folder, "profile.json"), JSON.stringify(content));
  profile({ collector: "https://collector.example.org", monitoring: "https://monitoring.example.org" });
  expect(readPublisherProfile(folder, true)).toMatchObject({
    ingest: { url: "https://collector.example.org", isOurs: false },
    monitoring: "https://monitoring.example.org",
  });
  for (const name of ["ingest", "collector", "monitoring"]) {
    profile({ [name]: "http://127.0.0.1:1" });
    expect(() => readPublisherProfile(folder, true)).toThrow(/telemetry addresses with https/);
  }
  profile({ ingest: "http://127.0.0.1:1" });
  expect(readPublisherProfile(folder, false).ingest).toEqual({ url: "http://127.0.0.1:1", isOurs: true });
});
