import { join } from "node:path";
import { buildApp } from "../../build/build-app.ts";
import { runOnPrivateDesktop } from "../../build/desktop.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";
import { HOUR, type UnixMs } from "../../src-shared/units.ts";
import { createPublisher } from "./publisher.ts";
import { type RingControl, DATA, startRingControl } from "./ring-control.ts";
import { promote, signAgreements } from "./promotion.ts";
import { createDemoClock } from "./demo-clock.ts";
import { openConsole, openPilotsApp, openUpdates, pictureOfConsole, type Window } from "./windows.ts";
import { addBuild, feed, FOLDER, openDemoFixture, PILOTS, serveFeed, type DemoFixture } from "./demo-fixture.ts";

// `npm run demo:rings`: two releases, from the first computer of ring0 to an automatic halt. Ten days pass in a minute;
// then real time begins, and the real app takes part. All parts except the people are real.
const GOOD = "0.2.0";
const BAD = "0.3.0";
const HOUR_MS = HOUR * 1_000;
const SESSION_HOURS = 4;
const RING0_HOURS = 52;
const COMMENTS = ["Works as before.", "Seeking is faster.", "Nothing to complain about.", "Good."];
const pathOf = (picture: string) => join(FOLDER, `${picture}.png`);
const since = (from: number) => ((performance.now() - from) / 1_000).toFixed(1);
const began = performance.now();

if (process.platform === "linux" && !process.env["DISPLAY"] && !process.env["WAYLAND_DISPLAY"]) {
  say("There is no display here: using a virtual display.");
  process.exit(await runOnPrivateDesktop([process.execPath, ...process.argv.slice(1)]));
}
try {
  await runDemo();
} catch (error) {
  process.stderr.write(`\nThe demo stopped: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}

async function runDemo(): Promise<void> {
  const promotions = [lastThursday(1), lastThursday(0)] as const;
  const clock = createDemoClock(promotions[0] - RING0_HOURS * HOUR_MS);
  const publisher = createPublisher(clock);
  say(
    "Keys, a stick, a feed that two people of three sign, 10 computers of staff and 4 of pilots with their licenses.",
  );
  const fixture = await openDemoFixture(publisher, clock);
  const [good, bad] = [await addBuild(fixture, GOOD), await addBuild(fixture, BAD)];
  const control = await startRingControl(clock);
  const open: Window[] = [];
  try {
    const built = buildApp();
    const running = new Map<Ring, string>();
    const demo = { fixture, control, running };
    await releaseToRing0(demo, GOOD, good, promotions[0]);
    const console = await openConsole(control);
    open.push(console);
    await pictureOfConsole(console, control, pathOf("1-ring0-green"));
    await signAgreements(fixture, PILOTS);
    await promoteToRing1(demo, GOOD, good);
    await advanceUntil(demo, promotions[1] - RING0_HOURS * HOUR_MS);
    await releaseToRing0(demo, BAD, bad, promotions[1]);
    await sendFeedback(demo);
    await expectVerdict(demo, "ring1", "pass");
    await pictureOfConsole(console, control, pathOf("2-ring1-green"));
    await promote(fixture, { from: "ring1", to: "ga", build: good });
    say(`${dateOf(demo)}: ${GOOD} goes to the first tenth of everyone else, signed by two people of three.`);
    await offerToShare(demo, good);
    await promoteToRing1(demo, BAD, bad);
    await advanceUntil(demo, Date.now());
    await expectVerdict(demo, "ga", "pass");
    await pictureOfConsole(console, control, pathOf("3-ga-green"));
    await built;
    await showHalt(demo, good, console, open);
  } finally {
    for (const { app } of open) await app.close();
    await control.stop();
  }
  say(`That took ${((performance.now() - began) / 1_000).toFixed(0)} s. Pictures are in ${FOLDER}.`);
}

type Demo = { readonly fixture: DemoFixture; readonly control: RingControl; readonly running: Map<Ring, string> };

/** Releases a build to the staff, and advances the time until every gate passes. */
async function releaseToRing0(demo: Demo, version: string, build: BuildId, until: UnixMs) {
  await feed(demo.fixture, "release", "--ring", "ring0", "--build", build, "--reason", "For staff");
  demo.running.set("ring0", version);
  say(`${dateOf(demo)}: ring0 begins to run ${version}.`);
  await advanceUntil(demo, until);
  await expectVerdict(demo, "ring0", "pass");
}

async function promoteToRing1(demo: Demo, version: string, build: BuildId): Promise<void> {
  await promote(demo.fixture, { from: "ring0", to: "ring1", build });
  demo.running.set("ring1", version);
  say(`${dateOf(demo)}: ${version} goes to ring1: verdict, checklist and agreements are signed with it.`);
}

/** Advances the time: every computer reports a session every four hours, and the ring server evaluates after each. */
async function advanceUntil({ fixture, control, running }: Demo, until: UnixMs): Promise<void> {
  const { clock, computers, share } = fixture;
  while (clock.now() + SESSION_HOURS * HOUR_MS <= until) {
    clock.pass(SESSION_HOURS * HOUR_MS);
    for (const computer of [...computers, ...share]) {
      const version = running.get(computer.ring);
      if (version === undefined) continue;
      await computer.reportSession(control.url, clock.now(), {
        version,
        hours: SESSION_HOURS,
        operations: 30,
        failed: 0,
      });
    }
    await control.evaluate();
  }
  clock.pass(until - clock.now());
}

/** The computers in the share learn of the build: only they are expected to run it. */
async function offerToShare({ fixture, control, running }: Demo, build: BuildId): Promise<void> {
  for (const computer of fixture.share) {
    await computer.reportOffered(control.url, fixture.clock.now(), "0.1.0", build);
  }
  running.set("ga", GOOD);
}

async function sendFeedback({ fixture, control }: Demo): Promise<void> {
  const pilots = fixture.computers.filter(({ ring }) => ring === "ring1");
  for (const [index, pilot] of pilots.entries()) {
    await pilot.answer(control.url, fixture.clock.now(), GOOD, 8 + (index % 3), COMMENTS[index] ?? "");
  }
}

async function expectVerdict(demo: Demo, ring: Ring, wanted: string): Promise<void> {
  const assessed = (await demo.control.evaluate()).find((one) => one.ring === ring);
  const open = assessed?.gates.filter(({ outcome }) => outcome !== "pass").map(({ gate, why }) => `${gate}: ${why}`);
  if (assessed?.verdict !== wanted) throw new Error(`${ring} is ${assessed?.verdict}: ${open?.join("; ")}`);
  const { operations, failed, gates } = assessed;
  say(`${dateOf(demo)}: ${ring} passes: ${failed} of ${operations} operations failed, ${gates.length} gates pass.`);
}

/** In real time: the app is offered the release that begins to fail elsewhere; then it is halted and rolled back. */
async function showHalt(demo: Demo, good: BuildId, console: Window, open: Window[]): Promise<void> {
  const { fixture, control } = demo;
  await feed(fixture, "refresh");
  const web = await serveFeed();
  try {
    control.watch();
    say("Now in real time: a pilot opens the real app, which offers the release.");
    const pilot = await openPilotsApp(fixture, web.url, control.url);
    open.push(pilot);
    await openUpdates(pilot.page);
    await pilot.page.getByRole("button", { name: "Check now" }).click();
    await pilot.page.getByRole("heading", { name: `Version ${BAD} is ready.` }).waitFor();
    await pilot.page.screenshot({ path: pathOf("4-app-offered") });

    say("On the other pilots' computers films stop playing.");
    const failing = performance.now();
    for (const computer of fixture.computers.filter(({ ring }) => ring === "ring1")) {
      await computer.reportSession(control.url, Date.now(), { version: BAD, hours: 1, operations: 40, failed: 9 });
    }
    const reason = await untilHalted(fixture);
    say(`Halted by the ring server after ${since(failing)} s, automatically: ${reason}`);
    await pilot.page.locator("[data-code=HALTED]").waitFor({ timeout: 120_000 });
    say(`The running app showed it after ${since(failing)} s.`);
    await pilot.page.screenshot({ path: pathOf("5-app-halted") });
    await printAlerts(control);
    await pictureOfConsole(console, control, pathOf("6-ring1-halted"));

    await feed(fixture, "rollback", "--ring", "ring1", "--to", good, "--reason", "Films stop playing");
    await pilot.page.getByRole("button", { name: "Check now" }).click();
    await pilot.page.getByText("The publisher has withdrawn a version").waitFor();
    say(`Rolled back to ${GOOD} by the ring's people; the app showed it after ${since(failing)} s.`);
    await pilot.page.screenshot({ path: pathOf("7-app-rolled-back") });
    await pictureOfConsole(console, control, pathOf("8-ring1-rolled-back"));
    const audit = await fixture.publisher.run<{ decisions: number; head: string }>("ring", "audit", "--data", DATA);
    say(`The log of ${audit.decisions} decisions is complete. Its head: ${audit.head}`);
  } finally {
    web.close();
  }
}

async function untilHalted(fixture: DemoFixture): Promise<string> {
  type Status = { rings: { ring1: { halt?: { reason: string } } } };
  for (let left = 240; left > 0; left--) {
    const { rings } = await feed<Status>(fixture, "status");
    if (rings.ring1.halt) return rings.ring1.halt.reason;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("nothing was halted within two minutes");
}

/** The alerts of a halt: one mail, one SMS, and Slack. */
async function printAlerts({ sinks }: RingControl): Promise<void> {
  const halted = (texts: readonly string[]) => texts.filter((text) => text.includes("halted"));
  for (let left = 40; left > 0 && halted(sinks.sms.got.map(({ text }) => text)).length === 0; left--) {
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const [slack, sms] = [sinks.slack, sinks.sms].map(({ got }) => halted(got.map(({ text }) => text)));
  const mails = halted(sinks.mail.got.map(({ source }) => source));
  const counts = [mails.length, slack?.length, sms?.length];
  if (counts.some((count) => count !== 1))
    throw new Error(`alerts of the halt: ${counts.join(", ")}, expected one each`);
  say(`Alerted once each by mail, Slack and SMS: ${sms?.[0]}`);
}

/** The last Thursday at 14:00 UTC (inside a release window) at least 28 hours ago, or this many weeks before it. */
function lastThursday(weeksBefore: number): UnixMs {
  const day = new Date(Date.now() - 28 * HOUR_MS);
  day.setUTCHours(14, 0, 0, 0);
  while (day.getUTCDay() !== 4 || day.getTime() > Date.now() - 28 * HOUR_MS) day.setUTCDate(day.getUTCDate() - 1);
  return day.getTime() - weeksBefore * 7 * 24 * HOUR_MS;
}

function dateOf({ fixture }: Demo): string {
  return new Date(fixture.clock.now()).toISOString().slice(0, 16).replace("T", " ");
}

function say(text: string): void {
  process.stdout.write(`\n> ${text}\n`);
}
