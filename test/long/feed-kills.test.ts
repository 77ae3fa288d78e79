import { expect, it, vi } from "vitest";
import { openFeedFixture } from "../ops/feed/support/feed-fixture.ts";
import { killAtSteps, PUBLICATIONS } from "../ops/feed/support/kill-steps.ts";

vi.setConfig({ testTimeout: 600_000 });

it.each(PUBLICATIONS)(
  "leaves a complete feed after kill -9 at every step of publishing $what",
  async ({ what, args, seqs }) => {
    const publisher = await openFeedFixture();
    await publisher.feed("release", "--ring", "ring0", "--build", await publisher.build("1.0.0"));
    const killed = await killAtSteps(publisher, args, seqs, 1);
    expect(killed).toBeGreaterThan(40);
    process.stdout.write(`killed at ${killed} steps of publishing ${what}\n`);
  },
);
