import { join } from "node:path";
import { readPolicy } from "../../src-ops/gates/index.ts";
import { loadTrust } from "../../src-ops/keys/index.ts";
import {
  alertIncidents,
  consoleRoutes,
  createRingAssessor,
  openRingStore,
  putAccount,
  startRingServer,
  usualLevelOf,
  watchOnce,
} from "../../src-ops/server/index.ts";
import type { Sandbox } from "./sandbox.ts";

export type SandboxServer = Awaited<ReturnType<typeof startSandboxServer>>;

/** The ring server at the sandbox's time, on a free port of this computer. It evaluates when it is told to. */
export async function startSandboxServer({ folder, names, now }: Sandbox) {
  const feed = { repo: names["REPO"] as string, keys: names["KEYS"] as string, personKeys: [] };
  const policy = valueOf(await readPolicy());
  const { roots } = valueOf(await loadTrust(join(folder, "keys", "public"), undefined));
  const store = valueOf(await openRingStore({ data: names["DATA"] as string }, "create"));
  const { password } = await putAccount(store.accounts, { name: "ann", role: "manager" });
  const assessor = createRingAssessor({ store, feed, policy, now });
  const { url, stop } = await startRingServer({
    store,
    roots,
    host: "127.0.0.1",
    port: 0,
    now,
    note: () => undefined,
    ticketToken: () => undefined,
    alsoServe: [consoleRoutes({ store, feed, policy, now, assessor, levelOf: usualLevelOf, isSecure: false })],
  });
  return {
    url,
    account: { name: "ann", password },
    async evaluate() {
      const watched = valueOf(await watchOnce({ store, feed, policy, now, assessor }));
      await alertIncidents(store, watched, undefined, now(), new AbortController().signal);
      return watched.rings;
    },
    stop,
  };
}

function valueOf<T>(
  attempt: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { message: string } },
): T {
  if (attempt.ok) return attempt.value;
  throw new Error(attempt.error.message);
}
