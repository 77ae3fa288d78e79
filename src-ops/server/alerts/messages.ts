import type { Language, Translations } from "../../../src-shared/languages.ts";
import { type Alert, type AlertKind, type AlertLevel, taskOf } from "./alert.ts";
import type { AlertTexts } from "./alert-texts.ts";
import { EN } from "./messages-en.ts";
import { FR } from "./messages-fr.ts";
import { inOnePart } from "./sms-text.ts";

/** A message in three lengths: a subject line, the full text, and a short text that fits into one SMS. */
export type Message = { readonly subject: string; readonly body: string; readonly short: string };

/** The folder of the runbooks: one page for each kind of alert, with the steps to take. */
export const RUNBOOKS = "docs/rings/runbooks";

/**
 * Writes an alert for the release team: what happened, the numbers, and what to do now.
 *
 * @param runbooks the address of the folder with the runbooks; by default its path in the sources
 */
export function messageOf(alert: Alert, level: AlertLevel, language: Language, runbooks: string = RUNBOOKS): Message {
  const texts = ALERT_TEXTS[language];
  const { what, now, brief = what } = texts.kinds[alert.kind];
  const title = alert.stage === "test" ? texts.nothingHappened : what;
  const stage = texts.stages[alert.stage];
  const subject = `[${texts.levels[level]}] ${alert.ring} ${alert.version}: ${title}${stage === "" ? "" : ` (${stage})`}`;
  const next = alert.stage === "resolved" ? texts.resolvedNow : alert.stage === "test" ? "" : now;
  const task = taskOf(alert.kind, alert.ring, alert.incident, alert.at, alert.evaluatedHours);
  const isOpen = alert.stage === "opened" || alert.stage === "repeated";
  const until = task.until === null ? "" : new Date(task.until * 1000).toISOString();
  const facts = [
    ...(isOpen
      ? [
          [texts.labels.who, texts.owners[task.owner]],
          [texts.labels.by, until],
          [texts.labels.next, task.command ?? ""],
        ].filter(([, value]) => value !== "")
      : []),
    [texts.labels.ring, alert.ring],
    [texts.labels.version, alert.version],
    [texts.labels.at, new Date(alert.at * 1000).toISOString()],
    [texts.labels.incident, alert.incident],
    [texts.labels.runbook, `${runbooks}/${alert.kind}.md`],
  ].map(([label, value]) => `${label}: ${value}`);
  const paragraphs = [title, alert.detail, next, alert.escalated ? texts.escalated : "", facts.join("\n")];
  const body = paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
  const sms = `${alert.stage === "test" ? title : brief}${stage === "" ? "" : ` (${stage})`}.`;
  const who = isOpen ? ` ${texts.shortTask(texts.owners[task.owner], until.slice(5, 16).replace("T", " "))}.` : "";
  const head = `${texts.levels[level]} ${alert.ring} ${alert.version}: `;
  return { subject, body, short: inOnePart(head, sms, who, ` ${alert.incident}`) };
}

/** What happened, and what to do now. */
export function incidentMessage(kind: AlertKind, language: Language): { readonly what: string; readonly now: string } {
  return ALERT_TEXTS[language].kinds[kind];
}

/** The people who act on incidents. */
export const OWNERS = (language: Language) => ALERT_TEXTS[language].owners;

const ALERT_TEXTS: Translations<AlertTexts> = { en: EN, fr: FR };
