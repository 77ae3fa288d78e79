import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { recallFolders, rememberKeys } from "../../../src-ops/cli/remembered-folders.ts";
import { newDevice } from "../support/device.ts";
import { openPackedPublisher, openPublisherFixture, type PublisherFixture } from "../support/publisher-fixture.ts";
import { type Packed, refusal, succeed, vaultctl } from "../support/vaultctl.ts";

// What a person types who has made the keys once: no command names their folder.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let packed: Packed;
let stranger: PublisherFixture;
beforeAll(async () => {
  ({ fixture, packed } = await openPackedPublisher());
  stranger = await openPublisherFixture();
});
afterAll(() => {
  fixture.remove();
  stranger.remove();
});
afterEach(() => vi.unstubAllEnvs());

/** The folder that `vaultctl init` made last. */
async function remember(keys: string): Promise<void> {
  vi.stubEnv("XDG_CONFIG_HOME", fixture.path(".config"));
  vi.stubEnv("APPDATA", fixture.path(".config"));
  vi.stubEnv("VAULTCTL_KEYS", "");
  await rememberKeys(keys, process.env);
  recallFolders(process.env);
}

describe("with the remembered keys", () => {
  it("a stick is listed with its videos", async () => {
    await remember(fixture.keys);
    expect(await succeed(["ls", fixture.stick])).toMatchObject({ videos: packed.videos, signature: "valid" });
  });

  it("a stick, and a license for it, are checked against them", async () => {
    const [request, license] = [fixture.path("own.uvvreq"), fixture.path("own.uvvlic")];
    writeFileSync(request, (await newDevice()).request(packed));
    const order = ["--stick", fixture.stick, "--for", "C-1", "--request", request, "--days", "9", "--out", license];
    await succeed(["license", "issue", ...order, "--keys", fixture.keys]);
    // Without them: against the keys that are compiled in, which have signed neither.
    vi.stubEnv("VAULTCTL_KEYS", undefined);
    expect(await refusal(["verify", fixture.stick])).toMatch(/^(VAULT_UNTRUSTED|NO_ANCHOR)$/);
    await remember(fixture.keys);
    expect(await succeed(["verify", fixture.stick])).toMatchObject({ faults: [] });
    expect(await succeed(["license", "check", license, "--stick", fixture.stick])).toMatchObject({ code: "OK" });
    expect(await refusal(["verify", fixture.stick, "--trust", stranger.trust])).toBe("VAULT_UNTRUSTED");
    expect(await refusal(["verify", fixture.stick, "--keys", stranger.keys])).toBe("VAULT_UNTRUSTED");
  });

  it("a feed is checked against them", async () => {
    const repo = fixture.path("feed");
    await succeed(["feed", "init", "--people", "3", "--repo", repo, "--keys", fixture.keys]);
    await remember(fixture.keys);
    expect(await succeed(["feed", "verify", "--repo", repo])).toMatchObject({ faults: [] });
    await remember(stranger.keys);
    expect(await refusal(["feed", "verify", "--repo", repo])).toMatch(/^(FEED_UNTRUSTED|NO_ANCHOR)$/);
  });

  it("a stick of somebody else is still listed, and it is said what that is worth", async () => {
    await remember(stranger.keys);
    const { json, stderr } = await vaultctl(["ls", fixture.stick, "--json"]);
    expect(json).toMatchObject({ stickId: packed.stickId, signature: "not checked" });
    expect(json).not.toHaveProperty("videos");
    expect(stderr).toContain(`not made with the keys in ${stranger.keys}`);
    // Keys that somebody names have to fit.
    expect(await refusal(["ls", fixture.stick, "--keys", stranger.keys])).toBe("VAULT_UNTRUSTED");
  });

  it("a stick is listed without its videos if the remembered folder has lost its key, or is gone", async () => {
    const copy = fixture.path("copy");
    cpSync(fixture.keys, copy, { recursive: true });
    rmSync(`${copy}/private/vaults`, { recursive: true });
    await remember(copy);
    expect(await succeed(["ls", fixture.stick])).toMatchObject({ signature: "valid" });
    rmSync(copy, { recursive: true });
    expect(await succeed(["ls", fixture.stick])).toMatchObject({ signature: "not checked" });
    // A damaged stick is not excused by that.
    const damaged = fixture.newStick("damaged");
    mkdirSync(`${damaged}/VAULT`);
    writeFileSync(`${damaged}/VAULT/manifest.1.jws`, "nonsense");
    await remember(fixture.keys);
    expect(await refusal(["ls", damaged])).toBe("VAULT_DAMAGED");
  });
});
