import { rmSync } from "node:fs";
import { DAY } from "../../../src-shared/units.ts";
import { EARLIER, feedKey, type FeedRepository } from "../../fakes/feed-repository.ts";
import { setHalt, setRelease } from "../../fakes/update-feed.ts";
import { type Attack, outcomeOf, ACCEPTED } from "./attack.ts";
import { T, type UpdateFixture } from "./update-fixture.ts";

const ROLES = ["timestamp", "snapshot", "targets", "builds", "ga"];

const pathOf = (repository: FeedRepository, role: string) =>
  role === "timestamp" ? "metadata/timestamp.json" : `metadata/${repository.signedOf(role).version}.${role}.json`;

/** What comes of a feed where one role after the other was bent. */
async function forEachRole(fixture: UpdateFixture, tamper: (role: string) => void): Promise<string> {
  const { repository } = fixture;
  const outcomes = new Set<string>();
  for (const role of ROLES) {
    const before = new Map(repository.files);
    // Each time a new computer: what held before a refusal is kept, and would not be asked for again.
    rmSync(fixture.data, { recursive: true, force: true });
    fixture.secrets.secrets.clear();
    tamper(role);
    outcomes.add(await outcomeOf(fixture));
    for (const [path, content] of before) repository.files.set(path, content);
  }
  return [...outcomes].toSorted().join(", ");
}

function forgedRoot(fixture: UpdateFixture, signers: string[], version = 2): void {
  const { repository } = fixture;
  const keys = ["new-1", "new-2"].map(feedKey);
  repository.rotateRoot(() => repository.setTopKeys("root", keys, 2), signers.map(feedKey));
  repository.root.version = version;
  repository.files.set("metadata/2.root.json", repository.sign("root", signers.map(feedKey)));
}

/** What a server, or a thief with some of the keys, can do to the metadata. */
export const ATTACKS_ON_METADATA: readonly Attack[] = [
  [
    1,
    "one bit flipped in each role",
    "SIGNATURE_INVALID",
    (fixture) =>
      forEachRole(fixture, (role) => {
        const path = pathOf(fixture.repository, role);
        const text = fixture.repository.files.get(path)!.toString();
        fixture.repository.files.set(path, Buffer.from(text.replace("2100-01-01", "2100-01-03")));
      }),
  ],
  [
    2,
    "each role unsigned",
    "SIGNATURE_INVALID",
    (fixture) => forEachRole(fixture, (role) => fixture.repository.writeRole(role, [])),
  ],
  [
    3,
    "each role below its threshold",
    "SIGNATURE_INVALID",
    async (fixture) => {
      fixture.repository.writeRole("targets", [feedKey("targets-1")]);
      const targets = await outcomeOf(fixture);
      fixture.repository.writeRole("targets");
      fixture.repository.writeRole("ga", [feedKey("ga-2")]);
      return targets === (await outcomeOf(fixture)) ? targets : "differs";
    },
  ],
  [
    4,
    "one key counted twice: under one name, and under two",
    "SIGNATURE_INVALID, UNSOUND_KEYS",
    async (fixture) => {
      const { repository } = fixture;
      const once = JSON.parse(repository.sign("ga", [feedKey("ga-1")]).toString()) as { signatures: object[] };
      once.signatures.push(...once.signatures);
      repository.files.set(pathOf(repository, "ga"), Buffer.from(JSON.stringify(once)));
      const underOne = await outcomeOf(fixture);
      const twin = { ...feedKey("ga-1"), id: "ab".repeat(32), jwk: { ...feedKey("ga-1").jwk, note: "twin" } };
      repository.delegate("ga", [feedKey("ga-1"), twin], 2, ["rings/ga/*"]);
      repository.publish("targets", "ga");
      return `${underOne}, ${await outcomeOf(fixture)}`;
    },
  ],
  [
    5,
    "an old timestamp",
    "ROLLED_BACK",
    async (fixture) => {
      const old = fixture.repository.files.get("metadata/timestamp.json")!;
      fixture.repository.publish("ga");
      await outcomeOf(fixture);
      fixture.repository.files.set("metadata/timestamp.json", old);
      return outcomeOf(fixture);
    },
  ],
  [
    6,
    "an old snapshot under a new timestamp",
    "ROLLED_BACK",
    async (fixture) => {
      fixture.repository.publish("ga");
      await outcomeOf(fixture);
      fixture.repository.snapshot.version = 1;
      fixture.repository.publishSnapshot();
      return outcomeOf(fixture);
    },
  ],
  [
    7,
    "a snapshot that drops a role",
    "ROLLED_BACK",
    async (fixture) => {
      setHalt(fixture.repository, "ga", { build: "build-3" });
      fixture.repository.publish("halt");
      await outcomeOf(fixture);
      delete fixture.repository.snapshot.meta["halt.json"];
      fixture.repository.publish("ga");
      return outcomeOf(fixture);
    },
  ],
  [
    8,
    "metadata of two days mixed",
    "ROLLED_BACK",
    async (fixture) => {
      const old = fixture.repository.files.get("metadata/1.ga.json")!;
      fixture.repository.publish("ga");
      fixture.repository.files.set("metadata/2.ga.json", old);
      return outcomeOf(fixture);
    },
  ],
  [
    9,
    "each role expired",
    "EXPIRED",
    async (fixture) =>
      forEachRole(fixture, (role) => {
        const { repository } = fixture;
        const { expires } = repository.signedOf(role);
        repository.signedOf(role).expires = EARLIER;
        repository.writeRole(role);
        repository.signedOf(role).expires = expires;
      }),
  ],
  [
    10,
    "a clock that is ahead, or behind what was signed",
    `EXPIRED, ${ACCEPTED}, EXPIRED`,
    async (fixture) => {
      const { repository, clock } = fixture;
      repository.timestamp.expires = new Date((T + DAY) * 1000).toISOString().replace(/\.\d+/, "");
      repository.writeRole("timestamp");
      clock.now = T + 2 * DAY;
      const ahead = await outcomeOf(fixture);
      clock.now = T;
      const right = await outcomeOf(fixture);
      // A license signed later was seen here: it cannot be earlier than that.
      fixture.trustedTime = T + 2 * DAY;
      return `${ahead}, ${right}, ${await outcomeOf(fixture)}`;
    },
  ],
  [
    11,
    "versions driven up by a thief, after the keys were replaced",
    ACCEPTED,
    async (fixture) => {
      const { repository } = fixture;
      repository.timestamp.version = 2 ** 31;
      repository.writeRole("timestamp");
      await outcomeOf(fixture);
      repository.rotateRoot(() =>
        repository.setTopKeys("timestamp", [feedKey("timestamp-2")], 1, { "uvv:generation": 2 }),
      );
      repository.timestamp.version = 0;
      repository.publish("ga");
      return outcomeOf(fixture);
    },
  ],
  [
    12,
    "a root version skipped",
    "ROLLED_BACK",
    async (fixture) => {
      forgedRoot(fixture, ["root-1", "root-2", "new-1", "new-2"], 3);
      return outcomeOf(fixture);
    },
  ],
  [
    13,
    "a root signed by the new keys alone",
    "SIGNATURE_INVALID",
    async (fixture) => {
      forgedRoot(fixture, ["new-1", "new-2"]);
      return outcomeOf(fixture);
    },
  ],
  [
    14,
    "the key of ring1 signs for everyone",
    "SIGNATURE_INVALID, hold NO_RELEASE",
    async (fixture) => {
      fixture.repository.writeRole("ga", [feedKey("ring1-a"), feedKey("ring1-b")]);
      const signed = await outcomeOf(fixture);
      delete fixture.repository.role("ga").targets["rings/ga/release.json"];
      setRelease(fixture.repository, "ga", {}, "ring1");
      fixture.repository.publish("ga", "ring1");
      return `${signed}, ${await outcomeOf(fixture)}`;
    },
  ],
];
