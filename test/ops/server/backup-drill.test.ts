import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { RING_DATABASE } from "../../../src-ops/server/index.ts";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import { HOUR_MS } from "../gates/facts.ts";
import { NOW, run } from "../feed/support/feed-fixture.ts";
import { crashOf, goodDays, evaluateOnce, MACHINES, openWatched, START, status } from "./watched-ring.ts";
import { proveBackup, type WholeBackup } from "../../../src-ops/cli/ring-backup.ts";
import { certificateFor } from "../../fakes/certificate.ts";
import { vaultctl } from "../support/vaultctl.ts";
import { ALERTS } from "./alerting.ts";
import { storeEvents } from "./store-events.ts";

// Follows the steps of docs/rings/backup-and-recovery.md in order.
vi.setConfig({ testTimeout: 120_000 });

const LATER = NOW + 48 * 3_600 + 600;
const hoursTo = (seconds: number) => (seconds - NOW) / 3_600;

/** A ring whose verdict has passed, and a backup made at that moment. */
async function openBackedUp() {
  const watched = await openWatched();
  const { evaluate, store, publisher } = watched;
  await evaluate(0);
  await storeEvents(store, goodDays());
  const [passed] = await evaluate(hoursTo(LATER));
  if (passed?.verdict !== "pass") throw new Error("the ring should have passed");
  const backup = publisher.path("ring.backup");
  const backedUp = await run(["ring", "backup", "--to", backup, "--data", watched.data]);
  return { ...watched, backup, backedUp };
}

/** Deletes the ring server's database, as if its computer were lost. */
function lose(data: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(join(data, RING_DATABASE + end), { force: true });
}

describe("a backup of a ring server's file", () => {
  it("is a consistent snapshot while the server continues to write, and only its owner can read it", async () => {
    const { store, backup, backedUp, data } = await openBackedUp();
    await storeEvents(store, [crashOf(MACHINES[0] as string, 49)]);
    expect(backedUp).toMatchObject({ ok: true, decisions: 4, head: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    const copy = openSqliteStore(backup);
    expect((await copy.totals("ring0", "0.2.0", START)).crashes).toBe(0);
    expect(await copy.rebuild()).toEqual({ events: goodDays().length });
    await copy.close();
    const again = await run(["ring", "backup", "--to", backup, "--data", data]);
    expect(again).toMatchObject({ ok: false, error: { code: "FILE_EXISTS" } });
  });

  it("contains no data of a computer that was erased before", async () => {
    const { backup, data, publisher } = await openBackedUp();
    const erased = MACHINES[0] as string;
    expect(readFileSync(backup).includes(erased)).toBe(true);
    expect(await run(["ring", "erase", erased, "--data", data], LATER)).toMatchObject({ events: 8 });
    const after = publisher.path("after.backup");
    await run(["ring", "backup", "--to", after, "--data", data]);
    const copy = openSqliteStore(after);
    const left = copy.database.prepare("SELECT count(*) AS n FROM events WHERE machine = ?").get(erased);
    await copy.close();
    expect(left).toEqual({ n: 0 });
  });

  it("is refused for PostgreSQL, which has its own tool, and for a folder without data", async () => {
    const refused = async (...args: string[]) => (await run(["ring", "backup", "--to", "x", ...args])).error?.code;
    expect(await refused("--database-url", "postgres:///ring")).toBe("BACKUP_ELSEWHERE");
    expect(await refused("--data", "nowhere")).toBe("RING_DATA_MISSING");
    expect(existsSync("x")).toBe(false);
  });
});

describe("recovery", () => {
  it("keeps a halt that is newer than the backup, promotes nothing, and reports what is missing", async () => {
    const { publisher, store, evaluate, data, where, backup, backedUp } = await openBackedUp();
    await storeEvents(store, [crashOf(MACHINES[0] as string, 49)]);
    await evaluate(49.1);
    const { head } = await run(["ring", "audit", "--data", data]);
    const halted = await status(publisher);
    expect(halted.rings["ring0"]?.halt).toBeDefined();
    await store.close();
    lose(data);
    cpSync(backup, join(data, RING_DATABASE));

    expect(await run(["ring", "audit", "--data", data])).toMatchObject({ ok: true, head: backedUp["head"] });
    const cut = await run(["ring", "audit", "--data", data, "--head", String(head)]);
    expect(cut).toMatchObject({ ok: false, error: { code: "AUDIT_FAILED" } });
    // The halt is signed in the feed, so the lost data of the server does not affect it.
    const [ring0] = (await run(["ring", "status", ...where], LATER + 3_600))["rings"] as object[];
    expect(ring0).toMatchObject({ ring: "ring0", isHalted: true, verdict: "pass" });
    const restored = openSqliteStore(join(data, RING_DATABASE));
    const policy = await readPolicy();
    if (!policy.ok) throw new Error(policy.error.message);
    const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
    await evaluateOnce({ store: restored, feed, policy: policy.value, now: () => START + 50 * HOUR_MS });
    expect(await status(publisher)).toEqual(halted);

    expect(await run(["ring", "restored", "--reason", "The disk broke", "--data", data], LATER + 3_600)).toMatchObject({
      ok: true,
    });
    const [restarted] = (await run(["ring", "status", ...where], LATER + 3_700))["rings"] as object[];
    expect(restarted).toMatchObject({ isHalted: true, verdict: "inconclusive", since: (LATER + 3_600) * 1_000 });
    await evaluateOnce({ store: restored, feed, policy: policy.value, now: () => (LATER + 3_800) * 1_000 });
    await restored.close();
    const after = await run(["ring", "audit", "--data", data, "--repo", publisher.repo, "--keys", publisher.keys]);
    const kinds = (after["log"] as { decision: { kind: string } }[]).map(({ decision }) => decision.kind);
    expect(kinds.join(" ")).toBe("watch verdict signed verdict signed restored restored restored watch verdict");
    expect(await status(publisher)).toEqual(halted);
  });

  it("restores keys and feed unchanged, and detects an incomplete copy", async () => {
    const { publisher, where } = await openBackedUp();
    const saved = publisher.path("saved");
    cpSync(publisher.repo, join(saved, "repo"), { recursive: true });
    cpSync(publisher.keys, join(saved, "keys"), { recursive: true });
    const before = await status(publisher);
    for (const folder of [publisher.repo, publisher.keys]) rmSync(folder, { recursive: true });
    for (const name of ["repo", "keys"]) cpSync(join(saved, name), publisher.path(name), { recursive: true });

    expect(await run(["feed", "verify", "--repo", publisher.repo, "--trust", publisher.trust])).toMatchObject({
      ok: true,
    });
    expect(await run(["license", "audit", "--keys", publisher.keys])).toMatchObject({ ok: true });
    expect(await run(["ring", "status", ...where])).toMatchObject({ ok: true });
    expect(await status(publisher)).toEqual(before);
    // Publishing works after the restore.
    const next = await publisher.build("0.2.1");
    await publisher.feed("release", "--ring", "ring0", "--build", next);

    // A copy made during a publication: its newest metadata names files that the copy does not contain.
    cpSync(join(publisher.repo, "metadata", "timestamp.json"), join(saved, "repo", "metadata", "timestamp.json"));
    const torn = await run(["feed", "verify", "--repo", join(saved, "repo"), "--trust", publisher.trust]);
    expect(torn.ok).toBe(false);
  });
});

describe("a backup of everything", () => {
  const all = (watched: Awaited<ReturnType<typeof openBackedUp>>, to: string, ...rest: string[]) =>
    run(["ring", "backup", "--all", "--to", to, ...watched.where, ...rest], LATER);

  it("has data, configuration and feed, is restored once as a proof, and only its owner can read it", async () => {
    const watched = await openBackedUp();
    const { publisher, data, backedUp } = watched;
    writeFileSync(join(data, "ring-server.json"), '{"port": 8787}');
    writeFileSync(join(data, "metrics-token.txt"), "x".repeat(30));
    await publisher.feedAt(LATER, "refresh");
    const to = publisher.path("whole");
    const made = await all(watched, to, "--prove");
    expect(made).toMatchObject({
      ok: true,
      decisions: 4,
      head: backedUp["head"],
      proof: { events: goodDays().length },
    });
    expect(statSync(to).mode & 0o077).toBe(0);
    for (const name of ["ring.sqlite", "ring-server.json", "metrics-token.txt", "feed/signers.json"]) {
      expect([name, existsSync(join(to, name))]).toEqual([name, true]);
    }
    // No private key is in it, and nothing that is only true while a command runs.
    const names = readdirSync(to, { recursive: true, encoding: "utf8" });
    expect(names.filter((name) => /\.jwk\.json$|\.lock/.test(name))).toEqual([]);
    for (const name of names.filter((one) => statSync(join(to, one)).isFile())) {
      expect(readFileSync(join(to, name), "utf8")).not.toContain('"d":');
    }
    expect((await all(watched, to)).error?.code).toBe("FILE_EXISTS");
    // As the release manager's day has it: without a place, and at another moment.
    const short = await run(["ring", "backup", "--all", "--prove", ...watched.where], LATER + 60);
    expect(short["folder"]).toMatch(/backups.\d{4}-\d\d-\d\dT\d{6}$/);
    expect(await run(["feed", "verify", "--repo", join(to, "feed"), "--trust", publisher.trust], LATER)).toMatchObject({
      ok: true,
    });
  });

  it("has the files that the configuration names, wherever they are, and says where the private keys belong", async () => {
    const watched = await openBackedUp();
    const { publisher, data } = watched;
    await publisher.feedAt(LATER, "refresh");
    const etc = publisher.path("etc");
    mkdirSync(join(etc, "tls"), { recursive: true });
    const email = { ...ALERTS.email, smtp: { host: "127.0.0.1", caFile: "tls/mail.pem" } };
    writeFileSync(join(etc, "alerting-config.json"), JSON.stringify({ ...ALERTS, email }));
    cpSync(certificateFor("mail.example.org").certFile, join(etc, "tls", "mail.pem"));
    writeFileSync(join(etc, "metrics.txt"), "m".repeat(30));
    const server = publisher.path("server-bundle");
    const names = { alerts: join(etc, "alerting-config.json"), "metrics-token": join(etc, "metrics.txt") };
    writeFileSync(join(etc, "ring-server.json"), JSON.stringify({ data, ...names, "halt-keys": [server] }));
    const to = publisher.path("whole");
    const config = ["--config", join(etc, "ring-server.json")];
    const made = await all(watched, to, "--prove", ...config);
    expect(made).toMatchObject({ ok: true, proof: { configuration: ["alerts", "metrics-token"] } });
    const copied = readdirSync(join(to, "configuration"), { recursive: true, encoding: "utf8" });
    expect(copied).toEqual(
      expect.arrayContaining(
        ["alerts/alerting-config.json", "alerts/tls/mail.pem", "metrics-token/metrics.txt"].map((name) => join(name)),
      ),
    );
    expect(existsSync(join(to, "ring-server.json"))).toBe(true);
    const { stdout } = await vaultctl(
      ["ring", "backup", "--all", "--to", publisher.path("told"), ...watched.where, ...config],
      LATER,
    );
    expect(stdout).toContain(
      `The private keys are not in it: back up ${publisher.keys} with \`vaultctl backup --to DISK`,
    );
    expect(stdout).toContain(`and copy ${server}, which is elsewhere`);

    // The proof uses the copies: what cannot be used there would be missing after a restore.
    rmSync(join(etc, "tls", "mail.pem"));
    expect((await all(watched, publisher.path("no-tls"), "--prove", ...config)).error).toMatchObject({
      code: "BACKUP_NOT_PROVED",
      message: expect.stringContaining("caFile") as string,
    });
    rmSync(join(etc, "alerting-config.json"));
    expect((await all(watched, publisher.path("no-alerts"), "--prove", ...config)).error).toMatchObject({
      code: "BACKUP_NOT_PROVED",
      message: expect.stringContaining("alerting-config.json") as string,
    });
    const nowhere = ["--config", join(etc, "none.json")];
    expect((await all(watched, publisher.path("none"), ...nowhere)).error?.code).toBe("CONFIGURATION_INVALID");
    expect((await run(["ring", "backup", "--to", "x", ...watched.where, ...config])).error?.code).toBe("USAGE");
  });

  it("is not proved if something of it cannot be used", async () => {
    const watched = await openBackedUp();
    const { publisher, data } = watched;
    // The timestamp has expired: apps would refuse the feed of this backup.
    expect((await all(watched, publisher.path("expired"), "--prove")).error).toMatchObject({
      code: "BACKUP_NOT_PROVED",
      message: expect.stringContaining("feed") as string,
    });
    await publisher.feedAt(LATER, "refresh");
    writeFileSync(join(data, "ring-server.json"), "{");
    expect((await all(watched, publisher.path("config"), "--prove")).error?.code).toBe("BACKUP_NOT_PROVED");
    rmSync(join(data, "ring-server.json"));
    expect((await all(watched, publisher.path("good"), "--prove")).ok).toBe(true);
    expect((await run(["ring", "backup", "--prove", "--to", "x", ...watched.where])).error?.code).toBe("USAGE");
    expect((await run(["ring", "backup", ...watched.where])).error?.code).toBe("USAGE");
  });

  it("is found damaged if one byte of a file has changed", async () => {
    const watched = await openBackedUp();
    const { publisher } = watched;
    await publisher.feedAt(LATER, "refresh");
    const to = publisher.path("whole");
    const made = (await all(watched, to)) as unknown as WholeBackup;
    const proof = () => proveBackup(made, publisher.keys, LATER, new AbortController().signal);
    expect(await proof()).toMatchObject({ ok: true });
    const file = join(to, "feed", "ring-targets.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("pilot", "pilor"));
    expect(await proof()).toMatchObject({ ok: false, error: { code: "BACKUP_NOT_PROVED" } });
  });

  it("is not proved by an empty database that opens without a fault, and whose hash is right", async () => {
    const watched = await openBackedUp();
    await watched.publisher.feedAt(LATER, "refresh");
    const to = watched.publisher.path("whole");
    const made = (await all(watched, to)) as unknown as WholeBackup;
    writeFileSync(join(to, "ring.sqlite"), "");
    const sums = readFileSync(join(to, "SHA256SUMS"), "utf8");
    const empty = createHash("sha256").digest("hex");
    writeFileSync(join(to, "SHA256SUMS"), sums.replace(/^[0-9a-f]{64}(?= {2}ring\.sqlite$)/m, empty));
    const proof = await proveBackup(made, watched.publisher.keys, LATER, new AbortController().signal);
    expect(proof).toMatchObject({
      ok: false,
      error: { code: "BACKUP_NOT_PROVED", message: expect.stringContaining("decision log") as string },
    });
  });
});
