import type { ExplainedGate } from "../../../src-shared/rings/index.ts";
import { HOUR } from "../../../src-shared/units.ts";
import type { Account } from "./accounts.ts";
import { boundChart } from "./chart.ts";
import { gateTable } from "./gate-table.ts";
import { haltForm } from "./halt-form.ts";
import { html, type Markup } from "./markup.ts";
import { nextStep, releaseTrack } from "./release-track.ts";
import { comments, troubleLog } from "./told-list.ts";
import type { ConsoleView, RingView } from "./view.ts";
import type { Language } from "../../../src-shared/languages.ts";
import type { MachineState, Words } from "./words.ts";

/** Colour is never the only sign: each state has a mark of its own. */
const MARKS: Readonly<Record<MachineState, string>> = { healthy: "✓", failing: "!", silent: "…", "not-updated": "○" };
const NAME_LETTERS = 6;

/** One ring's release: where it is, the verdict, and what the verdict is made of. */
export function ringSection(
  view: RingView,
  { now, policy }: ConsoleView,
  words: Words,
  language: Language,
  account: Account,
): Markup {
  const { ring, version, build, verdict, isHalted } = view;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const percent = (share: number) =>
    new Intl.NumberFormat(language, { style: "percent", maximumSignificantDigits: 3 }).format(share);
  const hours = number.format((now - view.since) / (HOUR * 1_000));
  const time = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  const said = (at: number) => `${time.format(at)} UTC`;
  const errors = view.gates.find(({ gate }) => gate === "errors");
  return html`<section class="card ring" aria-labelledby="${ring}-title" data-ring="${ring}" data-verdict="${verdict}">
    <div class="head">
      <h2 id="${ring}-title">${ring} · ${version} <span class="muted build">${build}</span></h2>
      ${releaseTrack(view.progress, policy, words)}
      <p class="muted">${words.since(hours)}</p>
    </div>
    <p class="verdict ${isHalted ? "fail" : verdict}">${isHalted ? words.track.halted : words.verdicts[verdict]}</p>
    <p class="sentence">${sentenceOf(view, words)}</p>
    ${nextStep(view.progress, words, said)} ${errors ? exposure(errors, words, number) : null}
    <div class="columns">
      <div>
        <h3>${words.chart.title}</h3>
        ${boundChart(view, words, percent)}
      </div>
      <div>
        <h3>${words.machines.title}</h3>
        ${machineGrid(view, words, number)}
        <h3>${words.feedback.title}</h3>
        ${feedback(view, words)} ${comments(view, words, account)}
      </div>
    </div>
    ${gateTable(view, words, language)} ${troubleLog(view, words, said)}
    ${account.role === "manager" && !isHalted ? haltForm(view, words) : null}
  </section>`;
}

function sentenceOf({ verdict, gates, isHalted, timeIsUp }: RingView, { sentences, gateNames }: Words): string {
  const named = (outcomes: readonly string[]) =>
    gates.flatMap(({ gate, outcome }) => (outcomes.includes(outcome) ? [gateNames[gate]] : [])).join(", ");
  if (isHalted) return sentences.halted;
  if (timeIsUp) return sentences.timeIsUp;
  if (verdict === "pass") return sentences.pass;
  return verdict === "fail" ? sentences.fail(named(["fail", "halt"])) : sentences.inconclusive(named(["hold"]));
}

function exposure({ sample, bound }: ExplainedGate, { exposure: words }: Words, number: Intl.NumberFormat): Markup {
  const [have, need] = [sample?.of ?? 0, Math.max(bound?.needed ?? 0, 1)];
  const says = words.of(number.format(have), number.format(need));
  return html`<div class="exposure">
    <span>${words.title}</span>
    <progress
      max="${need}"
      value="${Math.min(have, need)}"
      aria-label="${words.title}"
      aria-valuetext="${says}"
    ></progress>
    <span>${says}</span>
  </div>`;
}

function machineGrid({ machines }: RingView, words: Words, number: Intl.NumberFormat): Markup {
  if (machines.length === 0) return html`<p class="muted">${words.machines.none}</p>`;
  const cells = machines.map(({ machine, state, operations }) => {
    const says = `${words.machineStates[state]}, ${words.machines.operations(number.format(operations))}`;
    return html`<li class="${state}" title="${machine}">
      <span aria-hidden="true">${MARKS[state]}</span> ${machine.slice(0, NAME_LETTERS)} <small>${says}</small>
    </li>`;
  });
  return html`<ul class="machines">
    ${cells}
  </ul>`;
}

function feedback({ scores, machines }: RingView, { feedback: words }: Words): Markup {
  if (scores.length === 0) return html`<p class="muted">${words.none}</p>`;
  const people = Array.from({ length: 11 }, (_, score) => scores.filter((given) => given === score).length);
  const given = people.map((count, score) => (count > 0 ? html`<li>${words.score(score, count)}</li>` : null));
  return html`<p>${words.of(scores.length, machines.length)}</p>
    <ul class="scores">
      ${given.filter((item) => item !== null)}
    </ul>`;
}
