import * as v from "valibot";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { ok } from "../../../src-shared/result.ts";
import { KIB } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";
import { PositiveInteger } from "../../../src-shared/integers.ts";
import { DEFAULT_LANGUAGE } from "../../../src-shared/languages.ts";
import type { Language } from "../../../src-shared/languages.ts";
import { LANGUAGES } from "../../../src-shared/languages.ts";
import { ALERT_KINDS, ALERT_LEVELS, type AlertKind, type AlertLevel, usualLevelOf } from "./alert.ts";

const MAX_CONFIG_BYTES = 64 * KIB;

const kind = v.picklist(Object.keys(ALERT_KINDS) as AlertKind[]);
const addresses = v.array(v.pipe(v.string(), v.email()));
const port = v.pipe(PositiveInteger, v.maxValue(65_535));
const webhook = v.pipe(v.string(), v.check(isSafeUrl, "it must be https, or http to this computer"));

// `alerting-config.json`. Unknown members are refused, because a misspelt member could silence an alert.
const ConfigFile = v.strictObject({
  language: v.optional(v.picklist(LANGUAGES), DEFAULT_LANGUAGE),
  slack: v.strictObject({
    /** Used only for channels that have no URL of their own in the environment. */
    webhookUrl: v.optional(v.union([v.literal(""), webhook]), ""),
    channels: v.strictObject({ critical: v.string(), warnings: v.string(), info: v.string() }),
  }),
  alertLevels: v.optional(v.record(v.picklist(ALERT_LEVELS), v.array(kind)), {}),
  email: v.strictObject({
    from: v.pipe(v.string(), v.email()),
    smtp: v.strictObject({ host: v.string(), port: v.optional(port, 587) }),
    recipients: v.strictObject({ critical: addresses, escalation: addresses }),
  }),
});

const Environment = v.object({
  SLACK_WEBHOOK_URL_CRITICAL: v.optional(webhook),
  SLACK_WEBHOOK_URL_WARNINGS: v.optional(webhook),
  SLACK_WEBHOOK_URL_INFO: v.optional(webhook),
  SMS_WEBHOOK_URL: v.optional(webhook),
  SMTP_HOST: v.optional(v.string()),
  SMTP_PORT: v.optional(v.pipe(v.string(), v.regex(/^\d{1,5}$/), v.transform(Number), port)),
  SMTP_USER: v.optional(v.string()),
  SMTP_PASS: v.optional(v.string()),
});

export type SlackChannel = { readonly name: string; readonly url: string };
export type Smtp = {
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly pass: string | undefined;
};

/** Where alerts go, with the secrets from the environment. A channel that is not configured is absent. */
export type AlertingConfig = {
  readonly language: Language;
  readonly slack: { readonly [L in AlertLevel]: SlackChannel | undefined };
  readonly sms: string | undefined;
  readonly mail: {
    readonly from: string;
    readonly smtp: Smtp;
    readonly critical: readonly string[];
    readonly escalation: readonly string[];
  };
  readonly levelOf: (kind: AlertKind) => AlertLevel;
};

/** Reads `alerting-config.json` and the secrets in the environment. ALERTING_INVALID names the first wrong member. */
export async function readAlerting(path: string, environment: NodeJS.ProcessEnv): Promise<Attempt<AlertingConfig>> {
  const bytes = await readSmallFile(path, MAX_CONFIG_BYTES);
  if (!bytes) return fail("ALERTING_INVALID", `${path} does not exist, or is not a regular file of at most 64 KiB.`);
  const json = parseStrictJson(bytes);
  if (!json.ok) return fail("ALERTING_INVALID", `${path} is not valid JSON.`);
  const file = v.safeParse(ConfigFile, json.value);
  if (!file.success) return fail("ALERTING_INVALID", `${path}: ${firstIssue(file.issues)}.`);
  const secrets = v.safeParse(Environment, environment);
  if (!secrets.success) return fail("ALERTING_INVALID", `The environment: ${firstIssue(secrets.issues)}.`);
  return ok(configOf(file.output, secrets.output));
}

function configOf(file: v.InferOutput<typeof ConfigFile>, secrets: v.InferOutput<typeof Environment>): AlertingConfig {
  const { slack, email, alertLevels } = file;
  const channel = (name: string, own: string | undefined): SlackChannel | undefined => {
    const url = own ?? slack.webhookUrl;
    return url === "" ? undefined : { name, url };
  };
  const chosen = new Map(ALERT_LEVELS.flatMap((level) => (alertLevels[level] ?? []).map((name) => [name, level])));
  return {
    language: file.language,
    slack: {
      critical: channel(slack.channels.critical, secrets.SLACK_WEBHOOK_URL_CRITICAL),
      warning: channel(slack.channels.warnings, secrets.SLACK_WEBHOOK_URL_WARNINGS),
      info: channel(slack.channels.info, secrets.SLACK_WEBHOOK_URL_INFO),
    },
    sms: secrets.SMS_WEBHOOK_URL,
    mail: {
      from: email.from,
      smtp: {
        host: secrets.SMTP_HOST ?? email.smtp.host,
        port: secrets.SMTP_PORT ?? email.smtp.port,
        user: secrets.SMTP_USER,
        pass: secrets.SMTP_PASS,
      },
      ...email.recipients,
    },
    levelOf: (name) => chosen.get(name) ?? usualLevelOf(name),
  };
}

function firstIssue(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  // The message does not contain the value, because it may be a secret.
  const [issue] = issues;
  const member = issue.path?.map((item) => String(item.key)).join(".") ?? "the whole file";
  return `"${member}" is wrong: expected ${issue.expected ?? "something else"}`;
}

function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
}

/** Whether a host name stands for this computer itself. */
export function isLoopback(host: string): boolean {
  return host === "127.0.0.1" || host === "[::1]" || host === "localhost";
}
