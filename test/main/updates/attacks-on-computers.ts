import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addBuild } from "../../fakes/update-feed.ts";
import { type Attack, fileOnStick, outcomeOf, release, ROLLBACK, TAKEN } from "./attack.ts";

/** What can be done to this computer, to its stick and to the app itself. */
export const ATTACKS_ON_COMPUTERS: readonly Attack[] = [
  [
    31,
    "everything that remembers is deleted but the keychain",
    "METADATA_REPLAYED, STATE_LOST",
    async (world) => {
      const old = new Map(world.repository.files);
      release(world, { seq: 2 });
      await outcomeOf(world);
      for (const [path, content] of old) world.repository.files.set(path, content);
      rmSync(world.data, { recursive: true });
      const replayed = await outcomeOf(world);
      world.secrets.secrets.clear();
      return `${replayed}, ${await outcomeOf(world)}`;
    },
  ],
  [
    32,
    "everything is restored from a backup but the keychain",
    "METADATA_REPLAYED",
    async (world) => {
      await outcomeOf(world);
      const old = new Map(world.repository.files);
      const restore = world.backup();
      release(world, { seq: 2 });
      await outcomeOf(world);
      restore();
      for (const [path, content] of old) world.repository.files.set(path, content);
      return outcomeOf(world);
    },
  ],
  [
    33,
    "a torn root",
    TAKEN,
    async (world) => {
      await outcomeOf(world);
      writeFileSync(join(world.data, "metadata", "root.json"), '{"signatures": [');
      return outcomeOf(world);
    },
  ],
  [
    35,
    "ended in the middle of a download",
    "nothing half, ready 3.0.0",
    async (world) => {
      addBuild(world.repository, "build-3", {}, "x".repeat(3_000_000));
      world.repository.publish("builds");
      release(world, { seq: 2, build: "build-3" });
      const updates = await world.start();
      const looking = updates.check("web", "by-itself");
      while (updates.view().now.stage !== "downloading") await new Promise((next) => void setImmediate(next));
      await updates.close();
      await looking;
      const half = world.waiting().some((content) => content.length !== 3_000_000);
      return `${half ? "half a file" : "nothing half"}, ${await outcomeOf(world)}`;
    },
  ],
  [
    36,
    "a stick that is older than what was seen",
    "ROLLED_BACK",
    async (world) => {
      world.stickRoot = world.exportToStick();
      release(world, { seq: 2 });
      await outcomeOf(world);
      return outcomeOf(world, "stick");
    },
  ],
  [
    37,
    "a stick exchanged in the middle of the copy",
    "MISMATCH",
    async (world) => {
      world.stickRoot = world.exportToStick();
      writeFileSync(fileOnStick(world.stickRoot), "bytes of build-X");
      return outcomeOf(world, "stick");
    },
  ],
  [
    38,
    "the install id edited to be among the first",
    "hold NOT_IN_SHARE, hold NOT_IN_SHARE",
    async (world) => {
      release(world, { seq: 2, basisPoints: 1, fallback: null });
      const before = await outcomeOf(world);
      const file = join(world.data, "ledger", "ledger.json");
      const text = readFileSync(file, "utf8");
      writeFileSync(file, text.replace(/(installId\W+)[a-z2-7]{26}/, `$1${"a".repeat(26)}`));
      return `${before}, ${await outcomeOf(world)}`;
    },
  ],
  [
    39,
    "a share of NaN, -1 and 10001",
    "MALFORMED",
    async (world) => {
      const outcomes = new Set<string>();
      for (const [index, basisPoints] of [Number.NaN, -1, 10_001].entries()) {
        release(world, { seq: 2 + index, basisPoints });
        outcomes.add(await outcomeOf(world));
      }
      return [...outcomes].join(", ");
    },
  ],
  [
    40,
    "two processes at once",
    `0 odd, ${TAKEN}`,
    async (world) => {
      // Beside the app's own lock: the slower one may find the file taken from under it, never a wrong one.
      const both = await Promise.all([outcomeOf(world), outcomeOf(world)]);
      const odd = both.filter((one) => one !== TAKEN && one !== "NOT_WRITTEN");
      return `${odd.length} odd${odd.join()}, ${await outcomeOf(world)}`;
    },
  ],
  [
    42,
    "a file of another system or processor",
    "hold NO_FILE",
    async (world) => {
      addBuild(world.repository, "build-4", { platform: "win32" });
      world.repository.publish("builds");
      release(world, { seq: 2, build: "build-4" });
      return outcomeOf(world);
    },
  ],
  [
    43,
    "the build that was rolled back comes back",
    "hold ROLLED_BACK",
    async (world) => {
      world.version = "2.0.0";
      release(world, ROLLBACK);
      const { updates } = await world.look();
      await updates.install();
      await updates.close();
      release(world, { seq: 3 });
      return outcomeOf(world);
    },
  ],
  [
    44,
    "data that a newer version wrote",
    TAKEN,
    async (world) => {
      writeFileSync(join(world.data, "updates.json"), '{"v":9,"rolledBack":{"build-2":1},"flags":[],"later":{}}');
      return outcomeOf(world);
    },
  ],
  [
    45,
    "a feed that is half published",
    "NOT_FOUND, ready 2.0.0",
    async (world) => {
      const path = [...world.repository.files.keys()].find((name) => name.endsWith(".deb") && name.includes("build-2"));
      const content = world.repository.files.get(path!)!;
      world.repository.files.delete(path!);
      const half = await outcomeOf(world);
      if (existsSync(world.pending) && world.waiting().length > 0) return "left half a file";
      world.repository.files.set(path!, content);
      return `${half}, ${await outcomeOf(world)}`;
    },
  ],
];
