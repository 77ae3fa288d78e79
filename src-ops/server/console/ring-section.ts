import type { Language } from "../../../src-shared/languages.ts";
import type { ExplainedGate } from "../../gates/index.ts";
import type { Account } from "./accounts.ts";
import { boundChart } from "./chart.ts";
import { gateTable } from "./gate-table.ts";
import { haltForm } from "./halt-form.ts";
import { html, type Markup } from "./markup.ts";
import { nextStep, releaseTrack } from "./release-track.ts";
import { pilotComments, errorLog } from "./report-lists.ts";
import type { ConsoleView, RingView } from "./view.ts";
import type { MachineState, Messages } from "./message-catalog.ts";
import { HOUR } from "../../../src-shared/units.ts";

/** Colour is never the only sign: each state has a mark of its own. */
const MARKS: Readonly<Record<MachineState, string>> = { healthy: "✓", failing: "!", silent: "…", "not-updated": "○" };
const NAME_LETTERS = 6;

/** One ring's release: its progress, the verdict, and the details of the verdict. */
export function ringSection(
  view: RingView,
  { now, policy }: ConsoleView,
  messages: Messages,
  language: Language,
  account: Account,
): Markup {
  const { ring, version, build, verdict, isHalted } = view;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = (share: number) =>
    new Intl.NumberFormat(language, { style: "percent", maximumSignificantDigits: 3 }).format(share);
  const hours = number.format((now - view.since) / (HOUR * 1_000));
  const time = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  const formatTime = (at: number) => `${time.format(at)} UTC`;
  const errors = view.gates.find(({ gate }) => gate === "errors");
  const [mark, label] = isHalted ? ["fail", messages.track.halted] : [verdict, messages.verdicts[verdict]];
  return html`<section class="card ring" aria-labelledby="${ring}-title" data-ring="${ring}" data-verdict="${verdict}">
    <div class="head">
      <h2 id="${ring}-title">${ring} · ${version} <span class="muted build">${build}</span></h2>
      ${releaseTrack(view.progress, policy, messages)}
      <p class="muted">${messages.since(hours)}</p>
    </div>
    <p class="verdict ${mark}">${label}</p>
    <p class="sentence">${sentenceOf(view, messages)}</p>
    ${nextStep(view.progress, messages, formatTime)} ${errors ? exposure(errors, messages, number) : null}
    <div class="columns">
      <div>
        <h3>${messages.chart.title}</h3>
        ${boundChart(view, messages, percent)}
      </div>
      <div>
        <h3>${messages.machines.title}</h3>
        ${machineGrid(view, messages, number)}
        <h3>${messages.feedback.title}</h3>
        ${feedback(view, messages)} ${pilotComments(view, messages, account)}
      </div>
    </div>
    ${gateTable(view, messages, language)} ${errorLog(view, messages, formatTime)}
    ${account.role === "manager" && !isHalted ? haltForm(view, messages) : null}
  </section>`;
}

function sentenceOf({ verdict, gates, isHalted, timeIsUp }: RingView, { sentences, gateNames }: Messages): string {
  const named = (outcomes: readonly string[]) =>
    gates.flatMap(({ gate, outcome }) => (outcomes.includes(outcome) ? [gateNames[gate]] : [])).join(", ");
  if (isHalted) return sentences.halted;
  if (timeIsUp) return sentences.timeIsUp;
  if (verdict === "pass") return sentences.pass;
  return verdict === "fail" ? sentences.fail(named(["fail", "halt"])) : sentences.inconclusive(named(["hold"]));
}

function exposure(
  { sample, bound }: ExplainedGate,
  { exposure: messages }: Messages,
  number: Intl.NumberFormat,
): Markup {
  const [have, need] = [sample?.of ?? 0, Math.max(bound?.needed ?? 0, 1)];
  const text = messages.of(number.format(have), number.format(need));
  return html`<div class="exposure">
    <span>${messages.title}</span>
    <progress
      max="${need}"
      value="${Math.min(have, need)}"
      aria-label="${messages.title}"
      aria-valuetext="${text}"
    ></progress>
    <span>${text}</span>
  </div>`;
}

function machineGrid({ machines }: RingView, messages: Messages, number: Intl.NumberFormat): Markup {
  if (machines.length === 0) return html`<p class="muted">${messages.machines.none}</p>`;
  const cells = machines.map(({ machine, state, operations }) => {
    const text = `${messages.machineStates[state]}, ${messages.machines.operations(number.format(operations))}`;
    return html`<li class="${state}" title="${machine}">
      <span aria-hidden="true">${MARKS[state]}</span> ${machine.slice(0, NAME_LETTERS)} <small>${text}</small>
    </li>`;
  });
  return html`<ul class="machines">
    ${cells}
  </ul>`;
}

function feedback({ scores, machines }: RingView, { feedback: messages }: Messages): Markup {
  if (scores.length === 0) return html`<p class="muted">${messages.none}</p>`;
  const people = Array.from({ length: 11 }, (_, score) => scores.filter((given) => given === score).length);
  const given = people.map((count, score) => (count > 0 ? html`<li>${messages.score(score, count)}</li>` : null));
  return html`<p>${messages.of(scores.length, machines.length)}</p>
    <ul class="scores">
      ${given.filter((item) => item !== null)}
    </ul>`;
}
