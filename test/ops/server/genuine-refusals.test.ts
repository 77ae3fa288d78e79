import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Log } from "../../../src-main/log/index.ts";
import { countLogEvents, reportLicenses } from "../../../src-main/telemetry/index.ts";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import { assess } from "../../../src-ops/server/decisions/assess.ts";
import { openSqliteStore } from "../../../src-ops/server/store/sqlite-store.ts";
import { armor } from "../../../src-shared/license/index.ts";
import type { SecurityFinding } from "../../../src-shared/telemetry/index.ts";
import { DAY } from "../../../src-shared/units.ts";
import { LICENSE_ID, NOW, revocationToken } from "../../fakes/issuer.ts";
import { testId } from "../../fakes/test-keys.ts";
import { deviceLicense, passphraseLicense, TEST_PASSPHRASE, writeTestVault } from "../../fakes/test-vault.ts";
import {
  activated,
  putLicense,
  putRevocations,
  restart,
  type startSession,
} from "../../main/session/session-fixture.ts";
import { withSegment } from "../../shared/license/cases.ts";
import { registerOf, SINCE } from "../gates/facts.ts";
import { MACHINES, normalizedFinding, RELEASE } from "../gates/normalized-events.ts";
import { storeEvents } from "./store-events.ts";

// What a viewer can do with genuine files and the app as it is, judged by the ring server with the strictest policy: that of
// ring0, where one computer halts a release. The licenses named here are the newest ones in the register.

type Computer = Awaited<ReturnType<typeof activated>>;
type Started = ReturnType<typeof startSession>;
type Done = { readonly code: string; readonly sessions: readonly Started[]; readonly genuine: string };

/** The license of this computer, as it was issued. */
const installed = ({ data }: Computer) => readFileSync(join(data, "licenses", `${LICENSE_ID}.uvvlic`), "utf8");

async function reopened(computer: Computer): Promise<Done> {
  const genuine = installed(computer);
  const session = await restart(computer);
  return { code: session.code, sessions: [session], genuine };
}

const inVault = ({ stick }: Computer, name: string) => join(stick, "VAULT", name);

const ACTS: readonly (readonly [what: string, code: string, act: (computer: Computer) => Promise<Done>])[] = [
  [
    "an older stick is plugged in",
    "ROLLED_BACK",
    async (computer) => {
      await writeTestVault(computer.stick, [], { gen: 2 });
      await (await restart(computer)).session.close();
      rmSync(inVault(computer, "manifest.2.jws"));
      return reopened(computer);
    },
  ],
  [
    "the revocation list is deleted",
    "ROLLED_BACK",
    async (computer) => {
      putRevocations(computer.stick, revocationToken({ seq: 3 }));
      await (await restart(computer)).session.close();
      rmSync(inVault(computer, "revocations.uvvrev"));
      rmSync(join(computer.data, "revocations.uvvrev"));
      return reopened(computer);
    },
  ],
  [
    "a license that was given back is dropped again",
    "ROLLED_BACK",
    async (computer) => {
      const genuine = installed(computer);
      const first = await restart(computer);
      await first.session.returnLicense({ licenseId: LICENSE_ID, seq: 5 });
      const imported = await first.session.importLicense(genuine);
      return { code: imported.ok ? "OK" : imported.error, sessions: [first], genuine };
    },
  ],
  [
    "a license of an earlier epoch is used after one of a later epoch",
    "ROLLED_BACK",
    async (computer) => {
      const genuine = installed(computer);
      const first = await restart(computer);
      await first.session.importLicense(
        await deviceLicense(computer.device, { lid: testId("other"), seq: 9, licenseEpoch: 2 }),
      );
      const imported = await first.session.importLicense(genuine);
      return { code: imported.ok ? "OK" : imported.error, sessions: [first], genuine };
    },
  ],
  [
    "the stick asks for newer licenses than the passphrase license on it",
    "ROLLED_BACK",
    async (computer) => {
      const genuine = await passphraseLicense({ lid: testId("other"), seq: 6 });
      rmSync(join(computer.data, "licenses"), { recursive: true });
      putLicense(computer.stick, genuine);
      const first = await restart(computer);
      await first.session.unlock(TEST_PASSPHRASE);
      await first.session.close();
      await writeTestVault(computer.stick, [], { gen: 2, minSeq: 7 });
      const session = await restart(computer);
      return { code: session.code, sessions: [first, session], genuine };
    },
  ],
  [
    "a damaged stick holds the license with one letter changed",
    "SIGNATURE_INVALID",
    async (computer) => {
      const genuine = installed(computer);
      const damaged = withSegment(genuine, 2, (text) => (text.startsWith("A") ? "B" : "A") + text.slice(1));
      const first = await restart(computer);
      const imported = await first.session.importLicense(armor("LICENSE", damaged));
      return { code: imported.ok ? "OK" : imported.error, sessions: [first], genuine };
    },
  ],
  [
    "the license lies where the stick's manifest should be",
    "no-stick",
    async (computer) => {
      const genuine = installed(computer);
      writeFileSync(inVault(computer, "manifest.1.jws"), genuine);
      const session = await restart(computer);
      return { code: session.code, sessions: [session], genuine };
    },
  ],
  [
    "the clock is set back",
    "CLOCK",
    async (computer) => {
      computer.clock.now = NOW - 40 * DAY;
      return reopened(computer);
    },
  ],
  [
    "the license has run out",
    "EXPIRED",
    async (computer) => {
      computer.clock.now = NOW + 40 * DAY;
      return reopened(computer);
    },
  ],
  [
    "the keychain entry is deleted",
    "STATE_LOST",
    async (computer) => {
      computer.secrets.secrets.delete("ledger/1");
      return reopened(computer);
    },
  ],
  [
    "the keychain is locked",
    "STORE_LOCKED",
    async (computer) => {
      computer.secrets.fault = "STORE_LOCKED";
      return reopened(computer);
    },
  ],
  [
    "the license of another stick is dropped",
    "WRONG_STICK",
    async (computer) => {
      const genuine = await deviceLicense(computer.device, {
        lid: testId("other"),
        bind: { mode: "device", stick: testId("other"), device: computer.device.id },
      });
      const first = await restart(computer);
      const imported = await first.session.importLicense(genuine);
      return { code: imported.ok ? "OK" : imported.error, sessions: [first], genuine };
    },
  ],
];

/** What the app reports about everything that these sessions have judged and logged. */
function findingsOf(sessions: readonly Started[]): SecurityFinding[] {
  const found: SecurityFinding[] = [];
  const listener = { note: () => undefined, report: (finding: SecurityFinding) => void found.push(finding) };
  const log = countLogEvents(listener, () => undefined) as (event: string, fields: object) => void;
  for (const { judgedTexts, logged } of sessions) {
    reportLicenses(listener)(judgedTexts, 1);
    for (const line of logged) {
      const { event, ...fields } = JSON.parse(line) as { event: Parameters<Log>[0] };
      log(event, fields);
    }
  }
  return found;
}

async function judged(findings: readonly SecurityFinding[], genuine: string) {
  const store = openSqliteStore(":memory:");
  onTestFinished(store.close);
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  for (const machine of MACHINES) await store.enrol(machine, "ring0");
  const events = findings.map((finding, index) =>
    normalizedFinding({ session: "a", seq: index + 1, at: SINCE }, null, finding),
  );
  await storeEvents(store, events);
  const running = { ...RELEASE, buildEpoch: 1, isHalted: false };
  const signed = { seq: 1, basisPoints: 10_000, verdictHash: null, promotion: undefined };
  const hash = createHash("sha256").update(genuine).digest("hex");
  const { gates, halt } = await assess(
    store,
    { ...running, signed, offeredIn: [], unfinishedHalts: [] },
    policy.value,
    registerOf((one) => one === hash),
    SINCE,
  );
  return { halt, security: gates.find(({ gate }) => gate === "security")?.outcome };
}

describe(`genuine files in the wrong place or at the wrong time: ${ACTS.length} acts halt nothing`, () => {
  it.each(ACTS)("%s: %s", async (_what, code, act) => {
    const done = await act(await activated());
    expect(done.code).toBe(code);
    expect(await judged(findingsOf(done.sessions), done.genuine)).toEqual({ halt: false, security: "pass" });
  });
});

describe("a counter of the newest license that went backwards", () => {
  async function refused() {
    const computer = await activated();
    const { session, ledger } = await restart(computer);
    const higher = { id: LICENSE_ID, generation: 1, sequence: 9, payloadHash: "x".repeat(43) };
    expect(await ledger.commit({ now: NOW, license: higher })).toMatchObject({ ok: true });
    await session.close();
    const done = await reopened(computer);
    expect(done.code).toBe("ROLLED_BACK");
    return { computer, findings: findingsOf(done.sessions), genuine: done.genuine };
  }

  it("is a fault of the release, and halts", async () => {
    const { findings, genuine } = await refused();
    expect(await judged(findings, genuine)).toEqual({ halt: true, security: "halt" });
  });

  it("counts even if the stick is older as well", async () => {
    const { computer, genuine } = await refused();
    await writeTestVault(computer.stick, [], { gen: 2 });
    await (await restart(computer)).session.close();
    rmSync(inVault(computer, "manifest.2.jws"));
    const session = await restart(computer);
    expect(await judged(findingsOf([session]), genuine)).toEqual({ halt: true, security: "halt" });
  });

  it("neither passes nor halts if the report does not say what was older", async () => {
    const { findings, genuine } = await refused();
    const silent = findings.map(({ cause: _cause, ...rest }) => rest);
    expect(await judged(silent, genuine)).toEqual({ halt: false, security: "hold" });
  });

  it("is no fault of the release if the license is not the newest one", async () => {
    const { findings, computer } = await refused();
    const newest = await deviceLicense(computer.device, { seq: 9 });
    expect(readFileSync(join(computer.data, "licenses", `${LICENSE_ID}.uvvlic`), "utf8")).not.toContain(newest);
    expect(await judged(findings, newest)).toEqual({ halt: false, security: "pass" });
  });
});
