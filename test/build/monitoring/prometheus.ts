import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { type AddressInfo } from "node:net";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { prometheusProgram } from "./promtool.ts";

type Series = { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] };
type Answer = {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: readonly Series[] };
};

/** Starts a real Prometheus on files of ours, and ends it with the test. */
export async function startPrometheus(files: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const port = await freePort();
  const words = [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn(prometheusProgram("prometheus"), words, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (part: Buffer) => (said += part.toString()));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const url = `http://127.0.0.1:${port}`;
  await until(
    `Prometheus starts: ${said}`,
    async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok === true,
  );

  async function get<T>(path: string): Promise<T> {
    return (await (await fetch(url + path)).json()) as T;
  }

  /** What an expression gives now. Throws Prometheus' own words on one that it does not understand. */
  async function query(expr: string): Promise<readonly Series[]> {
    const answer = await get<Answer>(`/api/v1/query?query=${encodeURIComponent(expr)}`);
    if (answer.status !== "success") throw new Error(`${expr}: ${answer.error}`);
    return answer.data.result;
  }

  return { url, get, query };
}

/** Asks again until it is so, for twenty seconds at most. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`it never came to be: ${what}`);
    await wait(100);
  }
}

/** A port of this computer that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
