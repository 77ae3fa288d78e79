import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { err, ok } from "../../src-shared/result.ts";
import {
  ALERT_LEVELS,
  type Alert,
  ALERT_KINDS,
  type AlertKind,
  type AlertLevel,
  type AlertingConfig,
  deliver,
  digestOf,
  readAlerting,
  withDuty,
} from "../server/index.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";

/** The command that tests the alert channels, so that a broken channel is found before a real incident. */
export function addRingAlertTest(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("alert-test")))
    .description("send a test alert through every channel of a level")
    .requiredOption("--config <file>", "alerting-config.json; secrets come from the environment")
    .addOption(
      new Option("--level <level>", "the level whose channels to test").choices(ALERT_LEVELS).default("critical"),
    )
    .action((options: RingDataOptions & { config: string; level: AlertLevel }) =>
      host.run(options, async ({ signal }) => {
        const path = resolve(options.config);
        const config = await readAlerting(path, process.env);
        if (!config.ok) return config;
        const kind = (Object.keys(ALERT_KINDS) as AlertKind[]).find(
          (name) => config.value.levelOf(name) === options.level,
        );
        if (!kind) return fail("ALERTING_INVALID", `${options.config} assigns the level ${options.level} to no alert.`);
        const alert: Alert = {
          incident: "test",
          kind,
          stage: "test",
          ring: "ring0",
          version: context.appVersion,
          at: context.now(),
          detail: "",
          escalated: options.level === "critical",
          evaluatedHours: null,
        };
        const deliveries = await deliver(alert, withDuty(config.value, context.now() * 1_000), signal);
        if (deliveries.length === 0)
          return fail(
            "ALERTING_INVALID",
            `${options.config} and the environment name no channel for ${options.level}.`,
          );
        const failed = deliveries.filter(({ delivered }) => !delivered);
        if (failed.length > 0) {
          const sentence = failed.map(({ channel, problem }) => `${channel} (${problem})`).join(", ");
          return err({ code: "ALERT_NOT_DELIVERED", message: `Not delivered: ${sentence}.`, details: { deliveries } });
        }
        const server = await compareWithServer(options, config.value);
        if (!server.ok) return server;
        const lines = [...deliveries.map(({ channel }) => `delivered: ${channel}`), sentenceOf(server.value, path)];
        return ok({ json: { deliveries, config: path, server: server.value }, lines });
      }),
    );
}

/** What the running server uses: the same recipients, others, or nothing that is known here. */
type ServerConfig =
  | { readonly uses: "the same" | "another"; readonly path: string | null; readonly readAt: string }
  | { readonly uses: "unknown" };

async function compareWithServer(options: RingDataOptions, config: AlertingConfig): Promise<Attempt<ServerConfig>> {
  const noted = await withRingData(options, async (store) => ok(await store.notes.get("alerting")));
  if (!noted.ok) return noted.error.code === "RING_DATA_MISSING" ? ok({ uses: "unknown" }) : noted;
  if (!noted.value) return ok({ uses: "unknown" });
  const { path = null, digest } = JSON.parse(noted.value.text) as { path?: string; digest?: string };
  const uses = digest === digestOf(config) ? "the same" : "another";
  return ok({ uses, path, readAt: new Date(noted.value.at).toISOString() });
}

function sentenceOf(server: ServerConfig, path: string): string {
  const used = `Used: ${path}, with the secrets of this command's environment.`;
  switch (server.uses) {
    case "the same":
      return `${used} The running server uses the same since ${server.readAt}.`;
    case "another":
      return `${used} ATTENTION: since ${server.readAt} the running server uses other recipients or another mail server, from ${server.path ?? "no file"} and its own environment.`;
    case "unknown":
      return `${used} Which one the running server uses is not known here: name its data with --data or --database-url.`;
  }
}
