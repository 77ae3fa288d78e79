import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createFeedback } from "../../../src-main/feedback/index.ts";
import { MAX_DIAGNOSTICS, NOT_NOW, type SurveySurroundings } from "../../../src-shared/feedback/index.ts";
import { err, ok, type Result } from "../../../src-shared/result.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const GOOD = { operations: { play: { ok: 1, failed: 0 } }, crashes: { main: 0, renderer: 0, gpu: 0, worker: 0 } };
const PILOT: SurveySurroundings = { ring: "ring1", hasConsent: true, session: GOOD };

/** One run of the app on a computer: the folder is what stays. */
async function run(
  folder: string,
  options: { version?: string; here?: SurveySurroundings; kept?: Result<void, string>; diagnostics?: string } = {},
) {
  const sent: unknown[] = [];
  const send = async (content: unknown) => {
    sent.push(content);
    return options.kept ?? ok(undefined);
  };
  const feedback = createFeedback({
    folder,
    version: options.version ?? "1.0.0",
    here: () => options.here ?? PILOT,
    send: { feedback: send, problem: send },
    diagnostics: async () => options.diagnostics ?? "diagnostics",
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    changed: () => undefined,
  });
  await feedback.open();
  return { feedback, sent };
}

describe("the survey", () => {
  it("comes in the third good session and after each update, once", async () => {
    const folder = temporaryFolder();
    const due: unknown[] = [];
    for (const version of ["1.0.0", "1.0.0", "1.0.0", "1.0.0", "2.0.0", "2.0.0", "1.0.0"]) {
      const { feedback } = await run(folder, { version });
      due.push(feedback.due());
      if (feedback.due()) expect(await feedback.answer({ ...NOT_NOW, score: 9 })).toEqual(ok(undefined));
      expect(feedback.due()).toBeUndefined();
      await feedback.close();
    }
    expect(due).toEqual([undefined, undefined, "sessions", undefined, "update", undefined, undefined]);
  });

  it("is answered only where it was asked", async () => {
    const { feedback, sent } = await run(temporaryFolder());
    expect(await feedback.answer({ ...NOT_NOW, score: 9 })).toEqual(err("NOT_ASKED"));
    expect(sent).toEqual([]);
  });

  it("asks nobody before it has read what it remembers", () => {
    const feedback = createFeedback({ folder: temporaryFolder(), here: () => PILOT } as never);
    expect(feedback.due()).toBeUndefined();
  });

  it("tidies what was pasted, and says that it could not be kept", async () => {
    const folder = temporaryFolder();
    await run(folder, { version: "0.9.0" }).then(({ feedback }) => feedback.close());
    const { feedback, sent } = await run(folder, { kept: err("ENOSPC") });
    const opinion = { score: 3, well: " quick ", badly: "", comment: "a\r\nb\u0000", contact: "" };
    expect(await feedback.answer(opinion)).toEqual(err("NOT_WRITTEN"));
    expect(sent).toEqual([
      { version: "1.0.0", occasion: "update", score: 3, well: "quick", badly: "", comment: "a\nb", contact: "" },
    ]);
  });

  it("sends nothing that it could not remember having asked", async () => {
    const folder = join(temporaryFolder(), "gone");
    const first = await run(folder, { version: "0.9.0" });
    await first.feedback.close();
    const { feedback, sent } = await run(folder);
    const path = join(folder, "feedback.json");
    const before = readFileSync(path, "utf8");
    // In its place a folder, which no file can replace.
    rmSync(path);
    mkdirSync(path);
    expect(await feedback.answer({ ...NOT_NOW, score: 1 })).toEqual(err("NOT_WRITTEN"));
    expect(sent).toEqual([]);
    expect(before).toContain("0.9.0");
  });

  it.each<[string, Partial<SurveySurroundings>]>([
    ["who did not agree", { hasConsent: false }],
    ["of staff", { ring: "ring0" }],
  ])("keeps no count of one %s", async (_name, here) => {
    const folder = temporaryFolder();
    const { feedback } = await run(folder, { here: { ...PILOT, ...here } });
    await feedback.close();
    expect(existsSync(join(folder, "feedback.json"))).toBe(false);
  });
});

describe("a report", () => {
  it("goes with the diagnostics that were shown, under a ticket that the person gets", async () => {
    const { feedback, sent } = await run(temporaryFolder(), { diagnostics: `x\u0000${"y".repeat(MAX_DIAGNOSTICS)}` });
    const reported = await feedback.report({ words: " no sound ", contact: "" });
    expect(sent).toEqual([
      {
        version: "1.0.0",
        ticket: reported.ok && reported.value.ticket,
        words: "no sound",
        contact: "",
        diagnostics: await feedback.draft(),
      },
    ]);
    expect((await feedback.draft()).length).toBe(MAX_DIAGNOSTICS);
  });

  it("is not made without consent, and not said to be made where it is lost", async () => {
    const without = await run(temporaryFolder(), { here: { ...PILOT, hasConsent: false } });
    expect(await without.feedback.report({ words: "x", contact: "" })).toEqual(err("NO_CONSENT"));
    expect(without.sent).toEqual([]);
    const full = await run(temporaryFolder(), { kept: err("ENOSPC") });
    expect(await full.feedback.report({ words: "x", contact: "" })).toEqual(err("NOT_WRITTEN"));
  });
});
