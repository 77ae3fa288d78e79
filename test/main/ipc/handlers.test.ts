import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createHandlers, type HandlerPorts } from "../../../src-main/ipc/index.ts";
import type { StoredProof } from "../../../src-main/license/index.ts";
import type { ViewingChange } from "../../../src-shared/viewing.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";

const PROOF: StoredProof = { licenseId: testId("license"), seq: 5, text: "-----BEGIN PROOF-----\n" };

/** The ports that a test uses; using any other is a mistake in the test. */
function handlersWith(ports: Partial<HandlerPorts>) {
  return createHandlers(ports as HandlerPorts);
}

function dialogsReturning(path: string | undefined, suggestedNames: string[] = []): HandlerPorts["dialogs"] {
  return {
    chooseFolder: async () => undefined,
    choosePack: async () => undefined,
    chooseLicense: async () => undefined,
    chooseTarget: async (name) => {
      suggestedNames.push(name);
      return path;
    },
  };
}

describe("saving the proof of a return", () => {
  const proofs = async () => [PROOF];
  const name = { licenseId: PROOF.licenseId, seq: 5 };

  it("writes it to the chosen file, with a suggested name that describes the content", async () => {
    const path = join(temporaryFolder(), "proof.uvvret");
    const suggestedNames: string[] = [];
    const save = handlersWith({ proofs, dialogs: dialogsReturning(path, suggestedNames) })["license.save-proof"];
    expect(await save(name)).toEqual({ ok: true, value: undefined });
    expect(readFileSync(path, "utf8")).toBe(PROOF.text);
    expect(suggestedNames).toEqual(["return-5.uvvret"]);
  });

  it("opens no dialog if there is no such proof", async () => {
    const suggestedNames: string[] = [];
    const save = handlersWith({ proofs, dialogs: dialogsReturning("/x", suggestedNames) })["license.save-proof"];
    expect(await save({ ...name, seq: 4 })).toEqual({ ok: false, error: "NOT_RETURNED" });
    expect(suggestedNames).toEqual([]);
  });

  it("returns CANCELLED and NOT_WRITTEN", async () => {
    const cancel = handlersWith({ proofs, dialogs: dialogsReturning(undefined) })["license.save-proof"];
    expect(await cancel(name)).toEqual({ ok: false, error: "CANCELLED" });
    const nowhere = join(temporaryFolder(), "no", "such", "folder");
    const save = handlersWith({ proofs, dialogs: dialogsReturning(nowhere) })["license.save-proof"];
    expect(await save(name)).toEqual({ ok: false, error: "NOT_WRITTEN" });
  });
});

describe("what a viewer has chosen in a vault", () => {
  const settings = {
    volume: 0.3,
    muted: true,
    soundLanguage: "fr",
    language: "en",
    appearance: "dark",
    autoplay: true,
    subtitleSize: "normal",
    subtitleBackground: "dark",
  } as const;
  function viewingWith(kept: ViewingChange) {
    const changed: object[] = [];
    const change = async (part: object) => {
      changed.push(part);
      return { ok: true, value: undefined } as const;
    };
    const handlers = handlersWith({
      session: {
        viewing: () => ({ ok: true, value: kept }),
        changeViewing: change,
      } as unknown as HandlerPorts["session"],
      settings: { settings: () => settings, change } as unknown as HandlerPorts["settings"],
    });
    return { handlers, changed };
  }

  it("is as loud as the vault before, until it is chosen here", async () => {
    expect(await viewingWith({ speed: 2 }).handlers["viewing.get"](undefined)).toMatchObject({
      value: { speed: 2, volume: 0.3, muted: true, soundLanguage: "fr", queue: [] },
    });
    expect(await viewingWith({ volume: 0.9, muted: false }).handlers["viewing.get"](undefined)).toMatchObject({
      value: { volume: 0.9, muted: false },
    });
  });

  it("is kept for this vault, and only its sound for the next one", async () => {
    const { handlers, changed } = viewingWith({});
    await handlers["viewing.change"]({ speed: 1.5, volume: 0.2 });
    await handlers["viewing.change"]({ queue: [] });
    expect(changed).toEqual([{ speed: 1.5, volume: 0.2 }, { volume: 0.2 }, { queue: [] }]);
  });
});

describe("saving the bookmarks", () => {
  const bookmarks = () => ({ ok: true, value: "Knots\n0:07:02  Here\n" }) as const;
  const session = { bookmarks } as unknown as HandlerPorts["session"];

  it("writes them as text to the chosen file", async () => {
    const path = join(temporaryFolder(), "bookmarks.txt");
    const names: string[] = [];
    const save = handlersWith({ session, dialogs: dialogsReturning(path, names) })["viewing.save-bookmarks"];
    expect(await save(undefined)).toEqual({ ok: true, value: undefined });
    expect([readFileSync(path, "utf8"), names]).toEqual(["Knots\n0:07:02  Here\n", ["bookmarks.txt"]]);
  });

  it("returns CANCELLED and NOT_WRITTEN, and asks for no file without a vault", async () => {
    const saveWith = (given: HandlerPorts["session"], path?: string, names: string[] = []) =>
      handlersWith({ session: given, dialogs: dialogsReturning(path, names) })["viewing.save-bookmarks"](undefined);
    expect(await saveWith(session)).toEqual({ ok: false, error: "CANCELLED" });
    expect(await saveWith(session, join(temporaryFolder(), "no", "x"))).toEqual({ ok: false, error: "NOT_WRITTEN" });
    const locked = { bookmarks: () => ({ ok: false, error: "LOCKED" }) } as unknown as HandlerPorts["session"];
    const names: string[] = [];
    expect(await saveWith(locked, "/x", names)).toEqual({ ok: false, error: "LOCKED" });
    expect(names).toEqual([]);
  });
});

describe("copying the diagnostics", () => {
  it("copies exactly the text that it returns for display", async () => {
    const copied: string[] = [];
    const copy = handlersWith({
      diagnostics: async () => "diagnostics",
      copy: async (text) => void copied.push(text),
    })["diagnostics.copy"];
    expect(await copy(undefined)).toEqual({ ok: true, value: { text: "diagnostics" } });
    expect(copied).toEqual(["diagnostics"]);
  });
});
