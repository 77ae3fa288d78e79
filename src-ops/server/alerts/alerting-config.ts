import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { dirname, resolve } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { PositiveInteger } from "../../../src-shared/integers.ts";
import { DEFAULT_LANGUAGE, type Language, LANGUAGES } from "../../../src-shared/languages.ts";
import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { ok } from "../../../src-shared/result.ts";
import { KIB, type UnixMs } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";
import { isLoopback, MAIL_ADDRESS, type MailAddress, readCertificates, type SmtpServer } from "../../mail/index.ts";
import { ALERT_KINDS, ALERT_LEVELS, type AlertKind, type AlertLevel, usualLevelOf } from "./alert.ts";
import { ON_CALL, type OnCall, onDuty, readOnCall } from "./on-call/index.ts";

const MAX_CONFIG_BYTES = 64 * KIB;

const kind = v.picklist(Object.keys(ALERT_KINDS) as AlertKind[]);
const address = MAIL_ADDRESS;
const port = v.pipe(PositiveInteger, v.maxValue(65_535, "a port from 1 to 65535"));
const webhook = v.pipe(v.string(), v.check(isSafeUrl, "an https address, or http to this computer"));
const host = v.pipe(v.string(), v.check(isHost, "a host name or an IP address, without a port"));

// `alerting-config.json`. Unknown members are refused, because a misspelt member could silence an alert.
const ConfigFile = v.strictObject({
  language: v.optional(v.picklist(LANGUAGES), DEFAULT_LANGUAGE),
  /** The web address of the folder with the runbooks. */
  runbooks: v.optional(
    v.pipe(
      v.string(),
      v.check(isWebFolder, "an https address without a query, such as https://docs.example.org/runbooks"),
    ),
  ),
  slack: v.strictObject({
    /** Used only for channels that have no URL of their own in the environment. */
    webhookUrl: v.optional(v.union([v.literal(""), webhook]), ""),
    channels: v.strictObject({ critical: v.string(), warnings: v.string(), info: v.string() }),
  }),
  alertLevels: v.optional(v.record(v.picklist(ALERT_LEVELS), v.array(kind)), {}),
  email: v.strictObject({
    from: address,
    smtp: v.strictObject({
      host,
      port: v.optional(port, 587),
      /** A file with the only certificates to trust, of the server itself or of its authority. */
      caFile: v.optional(v.pipe(v.string(), v.nonEmpty("the name of a file"))),
      /** The name in the server's certificate, if that is not `host`. */
      serverName: v.optional(v.pipe(host, v.nonEmpty("a host name"))),
    }),
    recipients: v.strictObject({ critical: v.array(address), escalation: v.array(address) }),
    /** Instead of `critical`, where it names somebody. */
    onCall: v.optional(ON_CALL),
  }),
});

const Environment = v.object({
  SLACK_WEBHOOK_URL_CRITICAL: v.optional(webhook),
  SLACK_WEBHOOK_URL_WARNINGS: v.optional(webhook),
  SLACK_WEBHOOK_URL_INFO: v.optional(webhook),
  SMS_WEBHOOK_URL: v.optional(webhook),
  SMTP_HOST: v.optional(host),
  SMTP_PORT: v.optional(v.pipe(v.string(), v.regex(/^\d{1,5}$/, "a port from 1 to 65535"), v.transform(Number), port)),
  SMTP_USER: v.optional(v.string()),
  SMTP_PASS: v.optional(v.string()),
});

export type SlackChannel = { readonly name: string; readonly url: string };
/** Where alerts go, with the secrets from the environment. A channel that is not configured is absent. */
export type AlertingConfig = {
  readonly language: Language;
  /** Without a slash at its end; `undefined`: the server's own address. */
  readonly runbooks?: string | undefined;
  readonly slack: { readonly [L in AlertLevel]: SlackChannel | undefined };
  readonly sms: string | undefined;
  readonly mail: {
    readonly from: MailAddress;
    readonly smtp: SmtpServer;
    readonly critical: readonly MailAddress[];
    readonly escalation: readonly MailAddress[];
    readonly onCall?: OnCall | undefined;
  };
  readonly levelOf: (kind: AlertKind) => AlertLevel;
};

/** Reads `alerting-config.json` and the secrets in the environment. ALERTING_INVALID names every wrong member. */
export async function readAlerting(path: string, environment: NodeJS.ProcessEnv): Promise<Attempt<AlertingConfig>> {
  const bytes = await readSmallFile(path, MAX_CONFIG_BYTES);
  if (!bytes) return fail("ALERTING_INVALID", `${path} does not exist, or is not a regular file of at most 64 KiB.`);
  const json = parseStrictJson(bytes);
  if (!json.ok) return fail("ALERTING_INVALID", `${path} is not valid JSON.`);
  const file = v.safeParse(ConfigFile, json.value);
  const secrets = v.safeParse(Environment, environment);
  const caFile = file.success ? file.output.email.smtp.caFile : undefined;
  const certificates = caFile === undefined ? ok(undefined) : await readCertificates(resolve(dirname(path), caFile));
  const rota = file.success ? file.output.email.onCall : undefined;
  const onCall = rota === undefined ? ok(undefined) : await readOnCall(rota, dirname(path));
  const faults = [
    ...(file.success ? [] : file.issues.map(faultOf)),
    ...(secrets.success ? [] : secrets.issues.map((issue) => `in the environment, ${faultOf(issue)}`)),
    ...(onCall.ok ? [] : [`"email.onCall.calendar" is wrong: ${onCall.error}`]),
    ...(certificates.ok ? [] : [`"email.smtp.caFile" is wrong: ${certificates.error}`]),
  ];
  if (!file.success || !secrets.success || !certificates.ok || !onCall.ok)
    return fail("ALERTING_INVALID", `${path}: ${faults.join("; ")}.`, { members: faults.flatMap(memberIn) });
  return ok(configOf(file.output, secrets.output, certificates.value, onCall.value));
}

function configOf(
  file: v.InferOutput<typeof ConfigFile>,
  secrets: v.InferOutput<typeof Environment>,
  certificates: string | undefined,
  onCall: OnCall | undefined,
): AlertingConfig {
  const { slack, email, alertLevels } = file;
  const channel = (name: string, own: string | undefined): SlackChannel | undefined => {
    const url = own ?? slack.webhookUrl;
    return url === "" ? undefined : { name, url };
  };
  const chosen = new Map(ALERT_LEVELS.flatMap((level) => (alertLevels[level] ?? []).map((name) => [name, level])));
  return {
    language: file.language,
    runbooks: file.runbooks?.replace(/\/+$/, ""),
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
        certificates,
        serverName: email.smtp.serverName,
      },
      ...email.recipients,
      onCall,
    },
    levelOf: (name) => chosen.get(name) ?? usualLevelOf(name),
  };
}

function faultOf(issue: v.BaseIssue<unknown>): string {
  // The message does not contain the value, because it may be a secret.
  const member = issue.path?.map((item) => String(item.key)).join(".") ?? "the whole file";
  // The library's own messages begin so, and end with the value.
  const expected = issue.message.startsWith("Invalid ") ? (issue.expected ?? "something else") : issue.message;
  return `"${member}" is wrong: expected ${expected}`;
}

function memberIn(fault: string): readonly string[] {
  return /"(?<member>[^"]*)"/.exec(fault)?.slice(1) ?? [];
}

function isWebFolder(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" && url.search === "" && url.hash === "" && url.username === "";
}

function isHost(text: string): boolean {
  return isIP(text.replace(/^\[(.*)\]$/, "$1")) !== 0 || /^[\p{L}\p{N}._-]*$/u.test(text);
}

function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
}

/** Tells two configurations apart without revealing an address or a secret. */
export function configDigest(config: AlertingConfig, keys: readonly string[]): string {
  const levels = Object.keys(ALERT_KINDS).map((name) => config.levelOf(name as AlertKind));
  return createHash("sha256")
    .update(JSON.stringify([config.language, config.mail.smtp, levels, keys.toSorted()]))
    .digest("hex");
}

/**
 * The configuration at one moment: with a rota, mail goes to the people on duty, and escalated mail to the others too. Where
 * the rota names nobody, it goes to everybody on the list, so that no alert gets lost.
 */
export function withDuty(config: AlertingConfig, at: UnixMs): AlertingConfig {
  const { mail } = config;
  const duty = mail.onCall ? onDuty(mail.onCall, at) : [];
  if (duty.length === 0) return config;
  return { ...config, mail: { ...mail, critical: duty, escalation: [...mail.critical, ...mail.escalation] } };
}
