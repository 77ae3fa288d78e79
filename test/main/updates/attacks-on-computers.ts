import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addBuild } from "../../fakes/update-feed.ts";
import { type Attack, fileOnStick, outcomeOf, release, ROLLBACK, ACCEPTED } from "./attack.ts";

/** What can be done to this computer, to its stick and to the app itself. */
export const ATTACKS_ON_COMPUTERS: readonly Attack[] = [
  [
    31,
    "everything that remembers is deleted but the keychain",
    "METADATA_REPLAYED, STATE_LOST",
    async (fixture) => {
      const old = new Map(fixture.repository.files);
      release(fixture, { seq: 2 });
      await outcomeOf(fixture);
      for (const [path, content] of old) fixture.repository.files.set(path, content);
      rmSync(fixture.data, { recursive: true });
      const replayed = await outcomeOf(fixture);
      fixture.secrets.secrets.clear();
      return `${replayed}, ${await outcomeOf(fixture)}`;
    },
  ],
  [
    32,
    "everything is restored from a backup but the keychain",
    "METADATA_REPLAYED",
    async (fixture) => {
      await outcomeOf(fixture);
      const old = new Map(fixture.repository.files);
      const restore = fixture.backup();
      release(fixture, { seq: 2 });
      await outcomeOf(fixture);
      restore();
      for (const [path, content] of old) fixture.repository.files.set(path, content);
      return outcomeOf(fixture);
    },
  ],
  [
    33,
    "a torn root",
    ACCEPTED,
    async (fixture) => {
      await outcomeOf(fixture);
      writeFileSync(join(fixture.data, "metadata", "root.json"), '{"signatures": [');
      return outcomeOf(fixture);
    },
  ],
  [
    35,
    "ended in the middle of a download",
    "nothing half, ready 3.0.0",
    async (fixture) => {
      addBuild(fixture.repository, "build-3", {}, "x".repeat(3_000_000));
      fixture.repository.publish("builds");
      release(fixture, { seq: 2, build: "build-3" });
      const updates = await fixture.start();
      const checking = updates.check("web", "by-itself");
      while (updates.view().now.stage !== "downloading") await new Promise((next) => void setImmediate(next));
      await updates.close();
      await checking;
      const half = fixture.waiting().some((content) => content.length !== 3_000_000);
      return `${half ? "half a file" : "nothing half"}, ${await outcomeOf(fixture)}`;
    },
  ],
  [
    36,
    "a stick that is older than what was seen",
    "ROLLED_BACK",
    async (fixture) => {
      fixture.stickRoot = fixture.exportToStick();
      release(fixture, { seq: 2 });
      await outcomeOf(fixture);
      return outcomeOf(fixture, "stick");
    },
  ],
  [
    37,
    "a stick exchanged in the middle of the copy",
    "MISMATCH",
    async (fixture) => {
      fixture.stickRoot = fixture.exportToStick();
      writeFileSync(fileOnStick(fixture.stickRoot), "bytes of build-X");
      return outcomeOf(fixture, "stick");
    },
  ],
  [
    38,
    "the install id edited to be among the first",
    "hold NOT_IN_SHARE, hold NOT_IN_SHARE",
    async (fixture) => {
      release(fixture, { seq: 2, basisPoints: 1, fallback: null });
      const before = await outcomeOf(fixture);
      const file = join(fixture.data, "ledger", "ledger.json");
      const text = readFileSync(file, "utf8");
      writeFileSync(file, text.replace(/(installId\W+)[a-z2-7]{26}/, `$1${"a".repeat(26)}`));
      return `${before}, ${await outcomeOf(fixture)}`;
    },
  ],
  [
    39,
    "a share of NaN, -1 and 10001",
    "MALFORMED",
    async (fixture) => {
      const outcomes = new Set<string>();
      for (const [index, basisPoints] of [Number.NaN, -1, 10_001].entries()) {
        release(fixture, { seq: 2 + index, basisPoints });
        outcomes.add(await outcomeOf(fixture));
      }
      return [...outcomes].join(", ");
    },
  ],
  [
    40,
    "two processes at once",
    `0 odd, ${ACCEPTED}`,
    async (fixture) => {
      // Beside the app's own lock: the slower one may find the file taken from under it, never a wrong one.
      const both = await Promise.all([outcomeOf(fixture), outcomeOf(fixture)]);
      const odd = both.filter((one) => one !== ACCEPTED && one !== "NOT_WRITTEN");
      return `${odd.length} odd${odd.join()}, ${await outcomeOf(fixture)}`;
    },
  ],
  [
    42,
    "a file of another system or processor",
    "hold NO_FILE",
    async (fixture) => {
      addBuild(fixture.repository, "build-4", { platform: "win32" });
      fixture.repository.publish("builds");
      release(fixture, { seq: 2, build: "build-4" });
      return outcomeOf(fixture);
    },
  ],
  [
    43,
    "the build that was rolled back comes back",
    "hold ROLLED_BACK",
    async (fixture) => {
      fixture.version = "2.0.0";
      release(fixture, ROLLBACK);
      const { updates } = await fixture.check();
      await updates.install();
      await updates.close();
      release(fixture, { seq: 3 });
      return outcomeOf(fixture);
    },
  ],
  [
    44,
    "data that a newer version wrote",
    ACCEPTED,
    async (fixture) => {
      writeFileSync(join(fixture.data, "updates.json"), '{"v":9,"rolledBack":{"build-2":1},"flags":[],"later":{}}');
      return outcomeOf(fixture);
    },
  ],
  [
    45,
    "a feed that is half published",
    "NOT_FOUND, ready 2.0.0",
    async (fixture) => {
      const path = [...fixture.repository.files.keys()].find(
        (name) => name.endsWith(".deb") && name.includes("build-2"),
      );
      const content = fixture.repository.files.get(path!)!;
      fixture.repository.files.delete(path!);
      const half = await outcomeOf(fixture);
      if (existsSync(fixture.pending) && fixture.waiting().length > 0) return "left half a file";
      fixture.repository.files.set(path!, content);
      return `${half}, ${await outcomeOf(fixture)}`;
    },
  ],
];
