import { type Command, Option } from "commander";
import { err, ok } from "../../src-shared/result.ts";
import {
  ALERT_LEVELS,
  type Alert,
  ALERT_KINDS,
  type AlertKind,
  type AlertLevel,
  deliver,
  readAlerting,
} from "../server/index.ts";
import { fail } from "../failure.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { withJson } from "./options.ts";

/** The command that tests the alert channels, so that a broken channel is found before a real incident. */
export function addRingAlertTest(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("alert-test"))
    .description("send a test alert through every channel of a level")
    .requiredOption("--config <file>", "alerting-config.json; secrets come from the environment")
    .addOption(
      new Option("--level <level>", "the level whose channels to test").choices(ALERT_LEVELS).default("critical"),
    )
    .action((options: { config: string; level: AlertLevel; json?: true }) =>
      host.run(options, async ({ signal }) => {
        const config = await readAlerting(options.config, process.env);
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
        const deliveries = await deliver(alert, config.value, signal);
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
        return ok({ json: { deliveries }, lines: deliveries.map(({ channel }) => `delivered: ${channel}`) });
      }),
    );
}
