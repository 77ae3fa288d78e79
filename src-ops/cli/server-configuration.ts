import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import type { Milliseconds } from "../../src-shared/units.ts";
import { ok } from "../../src-shared/result.ts";
import { type AlertingConfig, readAlerting, readTokenFile, type RefusedFile } from "../server/index.ts";
import type { Attempt } from "../failure.ts";

/** Editors replace a file in two steps, so a file is read a moment after it has changed at the latest. */
const REREAD_MS: Milliseconds = 10_000;

export type ConfigurationFiles = {
  readonly alerts?: string | undefined;
  readonly metricsToken?: string | undefined;
  readonly ticketToken?: string | undefined;
};

type Note = (event: string, fields: Readonly<Record<string, string>>) => void;

/** A file that is read again and again. Content that cannot be used changes nothing. */
type Setting<T> = {
  readonly current: () => T | undefined;
  readonly reread: () => Promise<boolean>;
  readonly refused: () => RefusedFile | undefined;
};

export type ServerConfiguration = {
  readonly alerts: () => AlertingConfig | undefined;
  readonly alertsPath: string | undefined;
  readonly metricsToken: () => string | undefined;
  readonly ticketToken: () => string | undefined;
  readonly refused: () => readonly RefusedFile[];
  /** Reads all files again, now. Whether something has changed, or was refused. */
  readonly reread: () => Promise<boolean>;
  /** Reads them again every ten seconds, and when the process gets SIGHUP, until `signal` is aborted. */
  readonly watch: (onChange: () => void, signal: AbortSignal) => void;
};

/** Reads the files of the server's configuration. At the start, a faulty file is an error. ALERTING_*, *_TOKEN_INVALID. */
export async function readConfiguration(
  { alerts, metricsToken, ticketToken }: ConfigurationFiles,
  environment: NodeJS.ProcessEnv,
  note: Note,
): Promise<Attempt<ServerConfiguration>> {
  const config = await settingOf("alerts", alerts, (path) => readAlerting(path, environment), note);
  if (!config.ok) return config;
  const metrics = await settingOf(
    "metrics-token",
    metricsToken,
    (path) => readTokenFile(path, "METRICS_TOKEN_INVALID"),
    note,
  );
  if (!metrics.ok) return metrics;
  const ticket = await settingOf(
    "ticket-token",
    ticketToken,
    (path) => readTokenFile(path, "TICKET_TOKEN_INVALID"),
    note,
  );
  if (!ticket.ok) return ticket;
  const settings = [config.value, metrics.value, ticket.value];
  const reread = async () => (await Promise.all(settings.map((setting) => setting.reread()))).includes(true);
  return ok({
    alerts: config.value.current,
    alertsPath: alerts === undefined ? undefined : resolve(alerts),
    metricsToken: metrics.value.current,
    ticketToken: () => ticket.value.current() ?? environment["RING_TICKET_TOKEN"],
    refused: () => settings.flatMap((setting) => setting.refused() ?? []),
    reread,
    watch(onChange, signal) {
      const again = () => void reread().then((isChanged) => isChanged && onChange());
      const timer = setInterval(again, REREAD_MS);
      timer.unref();
      process.on("SIGHUP", again);
      signal.addEventListener("abort", () => (clearInterval(timer), process.off("SIGHUP", again)), { once: true });
    },
  });
}

async function settingOf<T>(
  setting: RefusedFile["setting"],
  file: string | undefined,
  read: (path: string) => Promise<Attempt<T>>,
  note: Note,
): Promise<Attempt<Setting<T>>> {
  if (file === undefined) return ok({ current: () => undefined, reread: async () => false, refused: () => undefined });
  const first = await read(file);
  if (!first.ok) return first;
  let current = first.value;
  let hash = hashOf(current);
  let refused: RefusedFile | undefined;
  return ok({
    current: () => current,
    refused: () => refused,
    async reread() {
      const again = await read(file);
      if (!again.ok) {
        const { code, message, details } = again.error;
        const members = (details?.["members"] as readonly string[] | undefined) ?? [];
        // Told once for each fault, not every ten seconds.
        const isNew = refused?.members.join() !== members.join();
        if (isNew) note("config.refused", { setting, code, message });
        refused = { setting, file: basename(file), members };
        return isNew;
      }
      const isChanged = refused !== undefined || hashOf(again.value) !== hash;
      if (isChanged) note("config.read", { setting });
      [current, hash, refused] = [again.value, hashOf(again.value), undefined];
      return isChanged;
    },
  });
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
