import { execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { projectRoot, readElectronRuntime } from "../../build/electron-runtime.ts";
import { packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";

const folder = suiteFolder();
const NOBODY = 65_534;

/** Every descendant of the process `root`, with its command line. */
function descendants(root: number): { pid: number; command: string }[] {
  const table = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  const rows = table.flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? "" }] : [];
  });
  const family = new Set([root]);
  for (const { pid, parent } of rows) if (family.has(parent)) family.add(pid);
  return rows.filter(({ pid }) => family.has(pid));
}

it("runs as an ordinary user with Chromium's sandbox on", async (context) => {
  if (process.getuid?.() !== 0)
    context.skip(
      "only root can start it as another user; when an ordinary user runs the tests, every test covers this",
    );
  const { stick, trust } = packStick(folder(), ["lighthouse.mp4"]);
  // A copy that the other user can read: the checkout and the cache may be in a home folder.
  const home = join(folder(), "home");
  const electron = join(folder(), "electron");
  const program = join(folder(), "app");
  mkdirSync(home);
  cpSync(dirname(readElectronRuntime().executable), electron, { recursive: true });
  for (const name of ["out", "package.json", "node_modules/keytar", "node_modules/tweetnacl"]) {
    cpSync(join(projectRoot, name), join(program, name), { recursive: true });
  }
  // The key of the virtual display belongs to root.
  const displayKey = join(home, "display-key");
  cpSync(process.env["XAUTHORITY"] ?? "", displayKey);
  for (const path of [folder(), home, stick]) chmodSync(path, 0o777);
  execFileSync("chmod", ["-R", "a+rX", folder()]);

  const child = spawn(
    join(electron, "electron"),
    [program, "--disable-gpu", `--user-data-dir=${join(home, "data")}`, "--vault", stick, "--trust", trust],
    {
      uid: NOBODY,
      gid: NOBODY,
      env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, XAUTHORITY: displayKey },
      stdio: "ignore",
    },
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const log = join(home, "data", "logs");
  await expect
    .poll(
      () =>
        existsSync(log)
          ? readdirSync(log)
              .map((name) => readFileSync(join(log, name), "utf8"))
              .join("")
          : "",
      { timeout: 40_000 },
    )
    .toContain('"code":"MISSING"');

  const family = descendants(child.pid as number);
  const renderer = family.find(({ command }) => command.includes("--type=renderer"));
  expect(family.some(({ command }) => command.includes("--no-sandbox"))).toBe(false);
  expect(renderer).toBeDefined();
  const status = readFileSync(`/proc/${renderer?.pid}/status`, "utf8");
  expect(status).toMatch(/^Seccomp:\t2$/m);
  expect(status).toMatch(/^NoNewPrivs:\t1$/m);
});
