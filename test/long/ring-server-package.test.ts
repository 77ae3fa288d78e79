import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { makeRingServerDeb } from "../../build/packaging/ring-server-deb.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import { openFeedFixture } from "../ops/feed/support/feed-fixture.ts";
import { createPilot, writeEnrolmentAnchor } from "../fakes/pilot.ts";
import { isAllowed } from "./system-calls.ts";

// The package as an administrator gets it, in the hands of the real dpkg. No systemd runs here, so the test starts the
// service itself: with the user, the commands and the capabilities of the installed unit, but without its namespaces. That
// the unit's filter of system calls is wide enough is seen with strace.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
const NAME = "usb-video-vault-ring-server";
const USER = "_uvv-ring";
const DATA = `/var/lib/${NAME}`;
const CONFIG = "/etc/usb-video-vault/ring-server.json";
const UNIT = `/lib/systemd/system/${NAME}.service`;
const [VERSION, NEXT] = ["0.1.7", "0.1.8"];
const folder = suiteFolder();
const debs = new Map<string, string>();
const dpkg = (...args: string[]) =>
  spawnSync("dpkg", args, { encoding: "utf8", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
const install = (version: string) => expect(dpkg("--install", debs.get(version) ?? "")).toMatchObject({ status: 0 });
const statOf = (path: string) => execFileSync("stat", ["-c", "%a %U:%G", path], { encoding: "utf8" }).trim();
const statusOf = () =>
  execFileSync("dpkg-query", ["-W", "-f=${db:Status-Abbrev}${Version}", NAME], { encoding: "utf8" });

/** The values of a setting of the installed unit. */
function settings(name: string): string[] {
  const lines = readFileSync(UNIT, "utf8").split("\n");
  return lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
}

/** A command of the unit, as the unit runs it. */
function asService(command: string): string[] {
  const user = settings("User")[0] ?? "";
  const rights = ["--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs", "--bounding-set=-all"];
  const environment = ["env", "-i", "PATH=/usr/bin:/bin", ...settings("Environment")];
  const shell = ["sh", "-c", `umask ${settings("UMask")[0]}; cd ${settings("WorkingDirectory")[0]}; exec ${command}`];
  return ["setpriv", ...rights, "--inh-caps=-all", ...environment, ...shell];
}

function check() {
  const [program = "", ...args] = asService(settings("ExecStartPre")[0] ?? "");
  return spawnSync(program, args, { encoding: "utf8" });
}

type Running = { readonly url: string; readonly end: () => Promise<void> };

/** Starts the service; `around` is a program that runs it. */
async function start(around: readonly string[] = []): Promise<Running> {
  const [program = "", ...args] = [...around, ...asService(settings("ExecStart")[0] ?? "")];
  const service: ChildProcess = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const end = async () => {
    if (service.exitCode !== null || service.signalCode !== null) return;
    const ended = once(service, "exit");
    for (const pid of around.length > 0 ? childrenOf(service.pid) : [service.pid]) process.kill(Number(pid), "SIGTERM");
    await ended;
  };
  onTestFinished(end);
  for await (const url of createInterface({ input: service.stdout as NonNullable<typeof service.stdout> }))
    return { url, end };
  throw new Error("the service did not print its address");
}

function childrenOf(pid: number | undefined): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
}

function eventsIn(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  const events = database.prepare("SELECT count(*) AS n FROM events").get()?.["n"];
  database.close();
  return Number(events);
}

const database = () => join(DATA, "ring.sqlite");
const backups = () => (existsSync(join(DATA, "backups")) ? readdirSync(join(DATA, "backups")).toSorted() : []);
const pilot = createPilot("one", Date.now());
let sent = 0;
async function sendOne(url: string): Promise<void> {
  sent++;
  expect((await pilot.send(url, [pilot.stateEvent(sent)], sent)).status).toBe(200);
}

const isInstalled = spawnSync("dpkg-query", ["-W", NAME]).status === 0;

describe.skipIf(process.getuid?.() !== 0 || isInstalled)("the ring server's package (only root may install it)", () => {
  beforeAll(() => {
    for (const version of [VERSION, NEXT]) {
      mkdirSync(join(folder(), version));
      debs.set(version, makeRingServerDeb(version, join(folder(), version)));
    }
    install(VERSION);
  });
  afterAll(() => {
    dpkg("--purge", NAME);
    spawnSync("deluser", ["--quiet", "--system", USER]);
  });

  it("has a user of its own, who owns its data and cannot log in or change its program", () => {
    const [, , , , , home, shell] = execFileSync("getent", ["passwd", USER], { encoding: "utf8" }).trim().split(":");
    expect([home, shell]).toEqual([DATA, "/usr/sbin/nologin"]);
    expect([DATA, CONFIG, `/usr/lib/${NAME}`, `/usr/bin/${NAME}`].map(statOf)).toEqual([
      `700 ${USER}:${USER}`,
      `640 root:${USER}`,
      "755 root:root",
      "755 root:root",
    ]);
    const writable = spawnSync("find", [`/usr/lib/${NAME}`, "!", "-user", "root", "-o", "-perm", "/022"]);
    expect(writable.stdout.toString()).toBe("");
    expect(execFileSync("dpkg", ["--verify", NAME], { encoding: "utf8" })).toBe("");
  });

  it("has what Debian's policy asks for: a copyright, a changelog, scripts that stop at a fault, no personal files", () => {
    const list = execFileSync("dpkg", ["--listfiles", NAME], { encoding: "utf8" }).trim().split("\n");
    for (const name of ["copyright", "changelog.gz"]) expect(list).toContain(`/usr/share/doc/${NAME}/${name}`);
    expect(list.filter((path) => /^\/(?:usr\/local|opt|home|var|run|tmp)\b|\.ts$|\/\.[^/]+$/.test(path))).toEqual([]);
    expect(list.filter((path) => path.startsWith("/usr/bin/"))).toEqual([`/usr/bin/${NAME}`]);
    for (const script of ["postinst", "prerm", "postrm"]) {
      const path = `/var/lib/dpkg/info/${NAME}.${script}`;
      expect(readFileSync(path, "utf8")).toMatch(/^#!\/bin\/sh\nset -e\n/);
      expect(spawnSync("sh", ["-n", path]).status).toBe(0);
    }
    const conffiles = execFileSync("dpkg-query", ["-W", "-f=${Conffiles}", NAME], { encoding: "utf8" });
    expect(conffiles.trim().split(" ")[0]).toBe(CONFIG);
  });

  it("installs a unit in which systemd finds no fault", () => {
    const found = spawnSync("systemd-analyze", ["verify", "--man=no", UNIT], { encoding: "utf8" });
    expect([found.status, found.stderr]).toEqual([0, ""]);
  });

  it("checks the configuration before the start", () => {
    const shipped = readFileSync(CONFIG, "utf8");
    expect(check()).toMatchObject({ status: 0, stdout: "The configuration is valid.\n" });
    writeFileSync(CONFIG, '{ "prot": 8787 }');
    expect(check()).toMatchObject({ stdout: "", stderr: expect.stringContaining("--prot") as string });
    writeFileSync(CONFIG, "port: 8787");
    expect(check()).toMatchObject({ status: 1, stderr: expect.stringContaining(CONFIG) as string });
    // What its user may not read.
    const secret = join(folder(), "secret");
    mkdirSync(secret, { mode: 0o700 });
    writeFileSync(CONFIG, JSON.stringify({ ...(JSON.parse(shipped) as object), repo: secret, keys: secret }));
    expect(check()).toMatchObject({ status: 1, stderr: expect.stringContaining(secret) as string });
    writeFileSync(CONFIG, shipped);
  });

  it("takes a batch, with no system call that the unit's filter refuses", async () => {
    const trust = "/etc/usb-video-vault/trust";
    mkdirSync(trust);
    writeEnrolmentAnchor(trust);
    writeFileSync(CONFIG, JSON.stringify({ data: DATA, port: 0, trust }));
    const trace = join(folder(), "trace");
    const { url, end } = await start(["strace", "-f", "-qq", "-o", trace]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await sendOne(url);
    await end();
    expect([eventsIn(database()), statOf(database())]).toEqual([1, `600 ${USER}:${USER}`]);
    const filter = settings("SystemCallFilter");
    const afterExec = readFileSync(trace, "utf8").split("/bin/node")[1] ?? "";
    const used = new Set(
      [...afterExec.matchAll(/^\d+ +(?:<\.\.\. )?([a-z]\w+)(?:\(| resumed)/gm)].map(([, call]) => call),
    );
    expect(used.size).toBeGreaterThan(30);
    expect([...used].filter((call) => call !== undefined && !isAllowed(call, filter))).toEqual([]);
  });

  it("starts with the configuration that `vaultctl ring setup` makes as the service's user", async () => {
    const publisher = await openFeedFixture();
    const alerts = publisher.path("alerts.json");
    const email = {
      from: "rings@example.org",
      smtp: { host: "127.0.0.1" },
      recipients: { critical: ["a@example.org"] },
    };
    const slack = { channels: { critical: "#c", warnings: "#w", info: "#i" } };
    writeFileSync(
      alerts,
      JSON.stringify({ slack, email: { ...email, recipients: { ...email.recipients, escalation: [] } } }),
    );
    execFileSync("chown", ["-R", `${USER}:${USER}`, publisher.folder]);
    // The package has the same code, and only no command for it.
    const tool = [`/usr/lib/${NAME}/bin/node`, `/usr/lib/${NAME}/src-ops/cli/main.js`];
    const where = ["--data", ".", "--repo", publisher.repo, "--keys", publisher.keys];
    const args = ["-u", USER, "--", ...tool, "ring", "setup", "--alerts", alerts, "--users", "ann:manager", ...where];
    const options = { cwd: DATA, encoding: "utf8", env: { PATH: "/usr/sbin:/usr/bin:/bin", HOME: DATA } } as const;
    expect(spawnSync("runuser", args, options)).toMatchObject({ status: 0, stderr: "" });
    const before = readFileSync(CONFIG, "utf8");
    onTestFinished(() => writeFileSync(CONFIG, before));
    execFileSync("install", ["-m", "640", "-g", USER, join(DATA, "ring-server.json"), CONFIG]);
    expect(statOf(CONFIG)).toBe(`640 root:${USER}`);
    expect(check()).toMatchObject({ status: 0, stdout: "The configuration is valid.\n", stderr: "" });
    execFileSync("chown", ["-R", "root:root", publisher.repo]);
    expect(check()).toMatchObject({ status: 1, stderr: expect.stringContaining("may not write") as string });
    execFileSync("chown", ["-R", `${USER}:${USER}`, publisher.repo]);
    const { url, end } = await start();
    expect((await fetch(`${url}/console`)).status).toBe(200);
    await end();
  });

  it("keeps data and configuration in an upgrade, and a backup from before it", async () => {
    const config = readFileSync(CONFIG, "utf8");
    const id = statSync(database()).uid;
    // As an earlier program has left it: the new one migrates it.
    execSql("PRAGMA user_version = 0");
    install(NEXT);
    expect(statusOf()).toBe(`ii ${NEXT}`);
    expect([readFileSync(CONFIG, "utf8"), statOf(CONFIG)]).toEqual([config, `640 root:${USER}`]);
    expect([eventsIn(database()), statSync(database()).uid]).toEqual([1, id]);
    const [made = "", migrated = "", ...others] = backups();
    expect([made, migrated, others]).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\dT\d{6}-before-0\.1\.8\.sqlite$/),
      "before-version-1.sqlite",
      [],
    ]);
    for (const backup of [made, migrated]) {
      expect(statOf(join(DATA, "backups", backup))).toBe(`600 ${USER}:${USER}`);
      expect(eventsIn(join(DATA, "backups", backup))).toBe(1);
    }
    const { url, end } = await start();
    await sendOne(url);
    await end();
    expect(eventsIn(database())).toBe(2);
  });

  it("is not configured when the backup cannot be made, and is afterwards", () => {
    renameSync(join(DATA, "backups"), join(DATA, "aside"));
    writeFileSync(join(DATA, "backups"), "in the way");
    expect(dpkg("--install", debs.get(NEXT) ?? "").status).toBe(1);
    expect(statusOf()).toBe(`iF ${NEXT}`);
    rmSync(join(DATA, "backups"));
    renameSync(join(DATA, "aside"), join(DATA, "backups"));
    expect(dpkg("--configure", NAME)).toMatchObject({ status: 0 });
    expect([statusOf(), backups().length, eventsIn(database())]).toEqual([`ii ${NEXT}`, 3, 2]);
  });

  it("keeps the newest five backups of upgrades, and every other file", () => {
    const from = join(DATA, "backups", backups()[0] ?? "");
    for (let day = 1; day <= 6; day++)
      cpSync(from, join(DATA, "backups", `2020-01-0${day}T000000-before-0.1.0.sqlite`));
    writeFileSync(join(DATA, "backups", "mine.sqlite"), "");
    install(NEXT);
    const left = backups();
    expect(left).toHaveLength(5 + 2);
    expect(left).toEqual(expect.arrayContaining(["before-version-1.sqlite", "mine.sqlite"]));
    expect(left.filter((name) => name.startsWith("2020-01-0"))).toEqual([
      "2020-01-05T000000-before-0.1.0.sqlite",
      "2020-01-06T000000-before-0.1.0.sqlite",
    ]);
  });

  it("keeps data and configuration when it is removed, and uses them when it is installed again", async () => {
    const config = readFileSync(CONFIG, "utf8");
    expect(dpkg("--remove", NAME)).toMatchObject({ status: 0 });
    expect(existsSync(`/usr/lib/${NAME}`)).toBe(false);
    expect([eventsIn(database()), readFileSync(CONFIG, "utf8"), backups().length]).toEqual([2, config, 7]);
    install(NEXT);
    const { url, end } = await start();
    await sendOne(url);
    await end();
    expect(eventsIn(database())).toBe(3);
  });

  it("removes its data, its configuration and its backups when it is purged, and nothing of others", () => {
    expect(dpkg("--purge", NAME)).toMatchObject({ status: 0 });
    expect([DATA, CONFIG, UNIT, `/usr/lib/${NAME}`].filter((path) => existsSync(path))).toEqual([]);
    expect(readdirSync("/etc/usb-video-vault")).toEqual(["trust"]);
    rmSync("/etc/usb-video-vault", { recursive: true });
    expect(spawnSync("dpkg-query", ["-W", NAME]).status).toBe(1);
  });
});

function execSql(sql: string): void {
  const opened = new DatabaseSync(database());
  opened.exec(sql);
  opened.close();
}
