import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { openSqliteStore, RING_DATABASE } from "../../src-ops/rings/index.ts";
import { createPilot, type Pilot, writeEnrolmentAnchor } from "../fakes/pilot.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const SERVER = join(import.meta.dirname, "../../src-ops/ring-server.ts");
const LIVES = Number(process.env["UVV_KILLS"] ?? 60);
const LONGEST_MS = 400;

type Server = { readonly url: string; readonly kill: () => Promise<void> };

async function startServer(data: string, trust: string): Promise<Server> {
  const words = [SERVER, "--port", "0", "--data", data, "--trust", trust];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
  for await (const url of createInterface({ input: child.stdout })) {
    return { url, kill: () => (child.kill("SIGKILL"), closed) };
  }
  throw new Error("the server did not say where it listens");
}

/** Sends one event after the other until the server is gone, and remembers which were acknowledged. */
async function sendUntilGone(
  pilot: Pilot,
  url: string,
  { acknowledged, pending }: { acknowledged: Set<string>; pending: Set<string> },
  onAnswer: () => void,
) {
  for (let up = 1; ; up++) {
    const event = pilot.stateEvent(up, { kind: "operation", operation: "seek", succeeded: up % 7 !== 0 });
    try {
      const answer = await pilot.send(url, [event], up);
      if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
      acknowledged.add(event.id);
      onAnswer();
    } catch (error) {
      if (error instanceof TypeError) return void pending.add(event.id);
      throw error;
    }
  }
}

it(
  "loses nothing that was acknowledged, and doubles nothing, when the server is killed",
  { timeout: 600_000 },
  async () => {
    const folder = temporaryFolder();
    const [data, trust] = [join(folder, "data"), join(folder, "trust")];
    mkdirSync(trust);
    writeEnrolmentAnchor(trust);
    const pilots = Array.from({ length: 8 }, (_, index) => createPilot(`pilot ${index}`, Date.now()));
    const acknowledged = new Set<string>();
    const pending = new Set<string>();
    for (let life = 0; life < LIVES; life++) {
      const server = await startServer(data, trust);
      const answered = Promise.withResolvers<void>();
      const sending = pilots.map((pilot) =>
        sendUntilGone(pilot, server.url, { acknowledged, pending }, answered.resolve),
      );
      await answered.promise;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_MS));
      await server.kill();
      await Promise.all(sending);
    }
    const store = openSqliteStore(join(data, RING_DATABASE));
    const kept = new Set(
      store.database
        .prepare("SELECT id FROM events")
        .all()
        .map(({ id }) => String(id)),
    );
    const total = () => store.totals("ring0", "0.2.0", 0);
    const maintained = await total();
    await store.rebuild();
    const lost = [...acknowledged].filter((id) => !kept.has(id));
    const unknown = [...kept].filter((id) => !acknowledged.has(id) && !pending.has(id));
    process.stdout.write(
      `${LIVES} kills, ${acknowledged.size} events acknowledged, ${kept.size} kept, ${lost.length} lost, ` +
        `${kept.size - acknowledged.size} kept whose answer was lost\n`,
    );
    expect(acknowledged.size).toBeGreaterThan(LIVES);
    expect({ lost, unknown }).toEqual({ lost: [], unknown: [] });
    // The aggregates are of the same transaction as the events: no crash sets them apart.
    expect(await total()).toEqual(maintained);
    expect(store.database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    await store.close();
  },
);
