import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createConsent } from "../../../src-main/telemetry/index.ts";
import { err, ok } from "../../../src-shared/result.ts";
import { enrolment, settled, setUp } from "./telemetry-fixture.ts";

describe("the preview", () => {
  it("is what leaves next, word for word, and leaves nothing behind by being looked at", async () => {
    const behaviour = () => ({ kind: "status", status: 503 }) as const;
    const { telemetry, server, folder, fixture } = await setUp({ enrolment: async () => enrolment, behaviour });
    await telemetry.tick();
    await settled(() => server.requests.length === 1);
    const left = readdirSync(join(folder, "queue"));
    fixture.ms = 5_000;
    const [logs, metrics, file] = await telemetry.preview();
    expect(readdirSync(join(folder, "queue"))).toEqual(left);
    expect(logs).toMatchObject({ kind: "logs", to: `${server.url}/v1/logs`, signed: true });
    expect(metrics).toMatchObject({ kind: "metrics", to: `${server.url}/v1/metrics`, signed: true });
    expect(file).toMatchObject({ kind: "file", to: null, signed: false });
    await telemetry.close();
    const again = await setUp({ folder, server, enrolment: async () => enrolment });
    again.fixture.ms = 5_000;
    await again.telemetry.tick();
    await settled(() => server.requests.length === 2);
    const [record, first] = [logs, server.requests[0]].map(recordsOf);
    expect(record).toEqual(first);
  });

  it("shows, before consent, the first batch that there would be, and writes nothing", async () => {
    const { telemetry, server, folder, fixture } = await setUp();
    fixture.consent = false;
    telemetry.note({ kind: "fault" });
    const [logs] = await telemetry.preview();
    expect(existsSync(folder)).toBe(false);
    expect(server.requests).toEqual([]);
    fixture.consent = true;
    await telemetry.begin();
    await settled(() => server.requests.length >= 1);
    const [shown, sent] = [logs?.text, server.requests[0]?.body.toString()].map(withoutNames);
    expect(shown).toEqual(sent);
    const pids = [logs?.text, server.requests[0]?.body.toString()].map((text) => /[a-z2-7]{26}/.exec(text ?? "")?.[0]);
    expect(pids[0]).toBe(pids[1]);
  });

  it("says of a build without an ingest that everything stays here", async () => {
    const { telemetry } = await setUp({ destination: undefined });
    expect((await telemetry.preview()).map(({ kind, to }) => [kind, to])).toEqual([["file", null]]);
  });
});

describe("the answer", () => {
  type Stored = "unasked" | "given" | "refused";

  async function setUpConsent(first: Stored, isWritable = true) {
    const done = await setUp();
    let stored = first;
    done.fixture.consent = first === "given";
    const setConsent = async (consent: Stored) => {
      stored = consent;
      done.fixture.consent = consent === "given";
      return isWritable ? ok(undefined) : err("NOT_WRITTEN" as const);
    };
    const ports = { consent: () => stored, setConsent, telemetry: done.telemetry, changed: () => undefined };
    return { ...done, answer: createConsent(ports), stored: () => stored };
  }

  it("yes begins at once; yes again begins nothing anew", async () => {
    const { answer, server } = await setUpConsent("unasked");
    expect(await answer(true)).toEqual(ok(undefined));
    await settled(() => server.counts.metrics === 1);
    expect(await answer(true)).toEqual(ok(undefined));
    expect(server.events.size).toBe(1);
  });

  it("yes that cannot be written down counts for nothing", async () => {
    const { answer, server, stored, folder } = await setUpConsent("unasked", false);
    expect(await answer(true)).toEqual(err("NOT_WRITTEN"));
    expect(stored()).toBe("unasked");
    expect(existsSync(folder)).toBe(false);
    expect(server.requests).toEqual([]);
  });

  it("no, before a yes, asks the server for nothing", async () => {
    const { answer, server, stored, telemetry } = await setUpConsent("unasked");
    expect(await answer(false)).toEqual(ok(undefined));
    expect([stored(), telemetry.erasure()]).toEqual(["refused", "none"]);
    expect(server.requests).toEqual([]);
  });

  it.each([true, false])(
    "no, after a yes, forgets here and asks the server to (written down: %s)",
    async (isWritable) => {
      const { answer, server, folder, telemetry } = await setUpConsent("given", isWritable);
      await telemetry.tick();
      await settled(() => server.counts.metrics === 1);
      expect(await answer(false)).toEqual(isWritable ? ok(undefined) : err("NOT_WRITTEN"));
      await settled(() => telemetry.erasure() === "done");
      expect(server.requests.at(-1)?.path).toBe("/erase");
      expect(readdirSync(folder)).toEqual(["queue"]);
      expect(readdirSync(join(folder, "queue")).filter((name) => !name.startsWith("lock"))).toEqual([]);
    },
  );
});

type Records = { resourceLogs: { scopeLogs: { logRecords: { body: unknown; attributes: unknown }[] }[] }[] };

/** The events of a batch, as it was shown or sent. */
function recordsOf(batch: { text?: string; body?: Buffer } | undefined): unknown {
  const { resourceLogs } = JSON.parse(batch?.text ?? batch?.body?.toString() ?? "{}") as Records;
  return resourceLogs[0]?.scopeLogs[0]?.logRecords.map(({ body, attributes }) => ({ body, attributes }));
}

/** A batch without what is random in it: ids, sessions and the trace that is made of them. */
function withoutNames(text: string | undefined): unknown {
  const uuid = /[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}/g;
  return JSON.parse((text ?? "").replaceAll(uuid, "id"));
}
