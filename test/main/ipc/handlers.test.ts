import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createHandlers, type HandlerPorts } from "../../../src-main/ipc/index.ts";
import type { StoredProof } from "../../../src-main/license/index.ts";
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
