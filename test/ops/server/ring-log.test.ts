import { expect, it, vi } from "vitest";
import { alertIncidents, auditDecisions, createRingAssessor, watchOnce } from "../../../src-ops/server/index.ts";
import { readPolicy } from "../../../src-ops/gates/index.ts";
import { HOUR_MS } from "../gates/facts.ts";
import { NOW, run } from "../feed/support/feed-fixture.ts";
import { alertingTo, webhookSink } from "./sinks.ts";
import { storeEvents } from "./store-events.ts";
import { crashOf, MACHINES, openWatched, START } from "./watched-ring.ts";

vi.setConfig({ testTimeout: 120_000 });

type Told = { decisions: { sentence: string; decision: { kind: string; reason?: string; keys?: string[] } }[] };

it("tells in sentences what people did by command, with which keys and why, once", async () => {
  const { publisher, build, data, store, evaluate } = await openWatched();
  const feedAt = (hours: number, command: string, ...args: readonly string[]) =>
    publisher.feedAt(NOW + hours * 3_600, command, ...args);
  const sentences = async (...args: string[]) =>
    ((await run(["ring", "log", "--data", data, ...args])) as unknown as Told).decisions.map(
      ({ sentence }) => sentence,
    );
  await evaluate(0);
  await publisher.feed(
    "promote",
    "--ring",
    "ring1",
    "--build",
    build,
    ...publisher.promotionOptions("ring1", "ring0", build),
  );
  await evaluate(0.1);
  await feedAt(1, "halt", "--ring", "ring0", "--reason", "Films stutter on Anna's laptop");
  await evaluate(1.1);
  await evaluate(1.2);
  await feedAt(2, "resume", "--ring", "ring0", "--reason", "It was the laptop");
  await evaluate(2.1);
  const next = await publisher.build("0.3.0");
  await feedAt(3, "release", "--ring", "ring0", "--build", next);
  await evaluate(3.1);
  await feedAt(4, "rollback", "--ring", "ring0", "--to", build, "--reason", "The new one is worse");
  await evaluate(4.1);
  await evaluate(4.2);

  await feedAt(5, "halt", next, "--everywhere", "--reason", "Nobody should have it");
  await evaluate(5.1);
  await feedAt(6, "resume", next, "--ring", "ring1", "--reason", "A false alarm");
  await evaluate(6.1);
  await evaluate(6.2);
  // Ring1 never had it: the lifted halt is told, and not that ring1's own build was released once more.
  const ring1 = (await sentences("--ring", "ring1")).filter((sentence) => /signed with/.test(sentence));
  expect(ring1).toEqual([
    expect.stringMatching(new RegExp(`^${build} was released to ring1`)),
    expect.stringMatching(new RegExp(`^${next} was halted in ring1, .*: Nobody should have it$`)),
    expect.stringMatching(new RegExp(`^The halt of ${next} in ring1 was lifted, .*: A false alarm$`)),
  ]);

  const told = (await sentences("--ring", "ring0")).filter((sentence) => !/Nobody should have it/.test(sentence));
  const about = (what: RegExp) => told.filter((sentence) => what.test(sentence));
  const KEYS = /signed with the keys? [0-9a-f]{8}/;
  for (const [what, reason] of [
    [/was halted in ring0/, "Films stutter on Anna's laptop"],
    [/^The halt of \S+ in ring0 was lifted/, "It was the laptop"],
    [/^ring0 was rolled back to/, "The new one is worse"],
    [new RegExp(`^${next} was released to ring0`), `Build ${next} for ring0`],
  ] as const) {
    const found = about(what);
    expect([what.source, found.length]).toEqual([what.source, 1]);
    expect(found[0]).toMatch(KEYS);
    expect(found[0]?.endsWith(`: ${reason}`)).toBe(true);
  }
  expect((await sentences("--ring", "ring1")).join("\n")).toMatch(
    /People promoted .* of ring1 with verdict [0-9a-f]{12}; checklist [0-9a-f]{12}/,
  );
  expect(await sentences("--last", "1")).toHaveLength(1);
  expect((await auditDecisions(store.decisions)).brokenAt).toBeUndefined();
});

it("tells the server's own halts as the server's, and carries the reason of people into the alert", async () => {
  const { publisher, build, data, store } = await openWatched();
  const policy = await readPolicy();
  if (!policy.ok) throw new Error(policy.error.message);
  const feed = { repo: publisher.repo, keys: publisher.keys, personKeys: [] };
  const sink = await webhookSink();
  const look = async (hours: number) => {
    const ports = { store, feed, policy: policy.value, now: () => START + hours * HOUR_MS };
    const found = await watchOnce({ ...ports, assessor: createRingAssessor(ports) });
    if (!found.ok) throw new Error(found.error.message);
    await alertIncidents(store, found.value, alertingTo(sink.url), ports.now(), new AbortController().signal);
  };
  await look(0);
  await publisher.feedAt(NOW + 3_600, "halt", "--ring", "ring0", "--reason", "Films stutter on Anna's laptop");
  await look(1.1);
  expect(sink.got.map(({ text }) => text).join("\n")).toMatch(
    /Halted with the key [0-9a-f]{8}: Films stutter on Anna's laptop/,
  );
  await publisher.feedAt(NOW + 2 * 3_600, "resume", "--ring", "ring0", "--reason", "It was the laptop");
  await look(2.1);
  await storeEvents(store, [crashOf(MACHINES[0] as string, 3)]);
  await look(3.1);
  await look(3.2);
  const told = (await run(["ring", "log", "--data", data])) as unknown as Told;
  const halts = told.decisions.filter(({ sentence }) => /halted/.test(sentence)).map(({ decision }) => decision.kind);
  expect(halts).toEqual(["signed", "halt"]);
  expect(told.decisions.at(-1)?.sentence ?? "").not.toContain("signed with");
  expect(told.decisions.map(({ sentence }) => sentence)).toContainEqual(
    expect.stringMatching(new RegExp(`^The server halted ${build} in ring0: crashes: `)),
  );
});
