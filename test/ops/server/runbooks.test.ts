import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { monitoringFiles } from "../../../build/monitoring/monitoring.ts";
import { ALERT_KINDS, type AlertKind, RUNBOOKS } from "../../../src-ops/server/index.ts";
import { messageOf } from "../../../src-ops/server/alerts/messages.ts";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import { LANGUAGES } from "../../../src-shared/languages.ts";
import { PROJECT, vaultctl } from "../support/vaultctl.ts";

const folder = join(PROJECT, RUNBOOKS);
const pages = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
const kinds = Object.keys(ALERT_KINDS) as AlertKind[];

async function rulesPages(): Promise<string[]> {
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const rules = monitoringFiles(policy.value)["rules.yml"] ?? "";
  return [...rules.matchAll(/runbook_url: "(.+)"$/gm)].map(([, page]) => page as string);
}

describe("the runbooks", () => {
  it("are named by every alert of the server in both languages, and exist", () => {
    const alert = {
      incident: "i",
      stage: "opened",
      ring: "ring0",
      version: "1.0.0",
      at: 0,
      detail: "",
      escalated: false,
      evaluatedHours: null,
    } as const;
    for (const kind of kinds) {
      for (const language of LANGUAGES)
        expect(messageOf({ ...alert, kind }, "critical", language).body).toContain(`${RUNBOOKS}/${kind}.md`);
      expect(existsSync(join(PROJECT, RUNBOOKS, `${kind}.md`)), kind).toBe(true);
    }
  });

  it("are named by every rule for Prometheus, and exist; none is unused", async () => {
    const named = new Set(
      (await rulesPages()).flatMap((page) => kinds.map((kind) => page.replace("{{ $labels.kind }}", kind))),
    );
    for (const page of named) expect(existsSync(join(PROJECT, page)), page).toBe(true);
    const all = new Set([...named, ...kinds.map((kind) => `${RUNBOOKS}/${kind}.md`)]);
    expect(pages.map(({ name }) => `${RUNBOOKS}/${name}`).filter((page) => !all.has(page))).toEqual([]);
  });

  it.each(pages)("$name has the sections on checks, actions, halting and responsibility", ({ name, text }) => {
    expect(text).toContain(`# \`${name.slice(0, -3)}\``);
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(["Look first", "Do", "Halt, or go back", "Who"]);
    for (const [, link] of text.matchAll(/\]\((\.\.\/[^)#]+)/g))
      expect(existsSync(join(folder, link as string)), link).toBe(true);
  });

  it("name only commands and options that exist", async () => {
    const lines = pages.flatMap(({ text }) => [...text.matchAll(/^\$ vaultctl (\S+ \S+)(.*)$/gm)]);
    const usedOptions = new Map<string, Set<string>>();
    for (const [, command = "", rest = ""] of lines) {
      const options = [...rest.matchAll(/--[a-z-]+/g)].map(([option]) => option);
      usedOptions.set(command, new Set([...(usedOptions.get(command) ?? []), ...options]));
    }
    expect(usedOptions.size).toBeGreaterThan(8);
    for (const [command, options] of usedOptions) {
      const { stdout } = await vaultctl([...command.split(" "), "--help"]);
      for (const option of options) expect(stdout, `${command} ${option}`).toContain(option);
    }
  });
});
