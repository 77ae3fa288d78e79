import { HOUR } from "../../../src-shared/units.ts";
import { evidenceFor } from "../../gates/index.ts";
import { evidenceText, headline, numbersOf, PHRASES, verdictOf, verdictWord } from "../wording/index.ts";
import { haltForm } from "./halt-form.ts";
import { MARKS } from "./marks.ts";
import { html, type Markup } from "./markup.ts";
import { nextStep } from "./next-step.ts";
import type { ConsoleView, RingView } from "./view.ts";
import type { Viewer } from "./viewer.ts";

/** The verdict in the largest word of the screen, why, who has the release, what comes next, and the button that halts. */
export function verdictBand(view: RingView, { now, incidents }: ConsoleView, viewer: Viewer): Markup {
  const { language, account, messages, isPrinted } = viewer;
  const verdict = verdictOf(view);
  const isManager = account.role === "manager" && !isPrinted;
  const halted = incidents.find((one) => one.ring === view.ring && one.kind === "ring_halted");
  const mayTakeOn = isManager && halted && halted.openedAt !== null && halted.acknowledgedAt === null;
  return html`<section class="band" aria-labelledby="${view.ring}-why">
    <p class="verdict ${verdict}"><span aria-hidden="true">${MARKS[verdict]}</span> ${verdictWord(view, language)}</p>
    <div class="why">
      <h2 id="${view.ring}-why">${headline(view, view.origin, language)}</h2>
      <p>${holders(view, viewer)}</p>
      <p class="muted">${messages.now.next(nextStep(view.progress, viewer))}</p>
    </div>
    <div class="needs">
      ${timeBar(view, now, viewer)} ${evidenceBar(view, viewer)}
      ${isManager && !view.isHalted ? haltForm(view, messages) : null}
      ${mayTakeOn ? html`<button id="take-${halted.id}" data-answer="${halted.id}">${messages.incidents.acknowledge}</button>` : null}
    </div>
  </section>`;
}

function holders(view: RingView, { language }: Viewer): string {
  const { version, isHalted, progress, computers, offeredIn, offers } = view;
  const { holders: phrases } = PHRASES[language];
  const { share, count } = numbersOf(language);
  if (!isHalted) return phrases.running(version, share(progress.percent / 100), computers.running);
  if (offeredIn.length === 0) return phrases.halted(version, computers.running);
  const still = offers.filter(({ ring }) => offeredIn.includes(ring));
  return phrases.alsoIn(
    still
      .map(({ ring, percent, computers: those }) => phrases.offer(ring, share(percent / 100), count(those)))
      .join(", "),
  );
}

function timeBar({ ring, since, rules }: RingView, now: number, { language, messages }: Viewer): Markup {
  const { count } = numbersOf(language);
  const hours = (now - since) / (HOUR * 1_000);
  const text =
    hours >= rules.hours
      ? messages.progress.enough(`${count(hours)} h`)
      : messages.progress.of(count(hours), `${count(rules.hours)} h`);
  return bar(`${ring}-time`, messages.now.time, text, Math.min(1, hours / Math.max(rules.hours, 0.01)), "");
}

/** What was heard of what is needed; never what was heard as "needed". */
function evidenceBar({ ring, gates, perHour }: RingView, { language, messages }: Viewer): Markup | null {
  const errors = gates.find(({ gate }) => gate === "errors");
  if (!errors?.sample || !errors.bound) return null;
  const { count } = numbersOf(language);
  const { left, leftUnknown } = PHRASES[language];
  const [have, need] = [errors.sample.of, Math.max(1, errors.bound.needed)];
  const isEnough = errors.outcome === "pass";
  const isImpossible = errors.bound.atLeast > errors.limit;
  const text = isEnough ? messages.progress.enough(count(have)) : messages.progress.of(count(have), count(need));
  const hours = perHour > 0 ? left(count(Math.ceil((need - have) / perHour))) : leftUnknown;
  const sample = { failed: errors.sample.events, of: errors.sample.of };
  const words = evidenceText(1 / Math.max(evidenceFor(sample, errors.limit), 1e-6), language);
  const hint = isEnough || isImpossible ? words : `${words} · ${hours}`;
  return bar(`${ring}-evidence`, messages.now.evidence, text, isEnough ? 1 : Math.min(1, have / need), hint);
}

function bar(id: string, name: string, text: string, share: number, hint: string): Markup {
  return html`<div class="need">
    <span id="${id}">${name}</span> <span class="number">${text}</span>
    <progress max="100" value="${Math.round(share * 100)}" aria-labelledby="${id}" aria-valuetext="${text}"></progress>
    ${hint === "" ? null : html`<small class="muted">${hint}</small>`}
  </div>`;
}
