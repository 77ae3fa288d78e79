import type { Client } from "pg";
import { createClient, LOCKS } from "./postgres-connection.ts";
import type { Leadership } from "./ring-store.ts";

const CHANNEL = "ring_look";

/**
 * The leader is the server whose connection holds an advisory lock. The lock is released when the process ends, or half a
 * minute after the network fails. A server that does not lead can ask the leader to evaluate.
 */
export function createLeadership(
  url: string,
  notify: (channel: string) => Promise<unknown>,
): Leadership & { readonly end: () => Promise<void> } {
  let held: Client | undefined;
  let onRequest: (() => void) | undefined;

  function release(client: Client): void {
    if (held === client) held = undefined;
    client.end().catch(() => {});
  }

  async function holds(client: Client): Promise<boolean> {
    try {
      await client.query("SELECT 1");
      return held === client;
    } catch {
      release(client);
      return false;
    }
  }

  async function acquire(): Promise<boolean> {
    const client = createClient(url);
    client.on("error", () => release(client)).on("end", () => release(client));
    client.on("notification", () => onRequest?.());
    await client.connect();
    // The database notices within half a minute that the leader's machine is gone; the default is two hours.
    await client.query("SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4");
    const { rows } = await client.query<{ got: boolean }>("SELECT pg_try_advisory_lock($1) AS got", [LOCKS.leader]);
    if (!rows[0]?.got) {
      release(client);
      return false;
    }
    held = client;
    await client.query(`LISTEN ${CHANNEL}`);
    return true;
  }

  return {
    isOurs: async () => (held !== undefined && (await holds(held))) || acquire(),
    requestEvaluation: async () => void (await notify(CHANNEL)),
    onRequest: (listener) => void (onRequest = listener),
    end: async () => {
      const client = held;
      held = undefined;
      await client?.end().catch(() => {});
    },
  };
}
