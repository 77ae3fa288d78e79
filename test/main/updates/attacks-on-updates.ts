import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setHalt, setSecurity } from "../../fakes/update-feed.ts";
import { type Attack, fileOnStick, outcomeOf, release, ROLLBACK, ACCEPTED } from "./attack.ts";
import type { UpdateFixture } from "./update-fixture.ts";

/** Checks, performs an action, and then presses "install". */
async function pressAfter(fixture: UpdateFixture, happen: () => void): Promise<string> {
  const { updates } = await fixture.check();
  happen();
  const pressed = await updates.install();
  await updates.close();
  if (fixture.installed.length > 0 || fixture.waiting().length > 0) return "installed or unchanged";
  return pressed.ok ? "installed" : pressed.error;
}

function serveInstead(fixture: UpdateFixture, answer: NonNullable<UpdateFixture["server"]["answer"]>): Promise<string> {
  fixture.server.answer = answer;
  return outcomeOf(fixture);
}

/** What documents, server and files can be made to contain. */
export const ATTACKS_ON_UPDATES: readonly Attack[] = [
  [
    15,
    "a ring names a build that nobody listed",
    "hold NOT_LISTED",
    async (fixture) => {
      release(fixture, { seq: 2, build: "build-9" });
      return outcomeOf(fixture);
    },
  ],
  [
    16,
    "a document of another ring",
    "WRONG_RING",
    async (fixture) => {
      release(fixture, { seq: 2, ring: "ring1" });
      return outcomeOf(fixture);
    },
  ],
  [
    18,
    "a rollback with the number of what was seen",
    "RELEASE_REPLAYED",
    async (fixture) => {
      fixture.version = "2.0.0";
      await outcomeOf(fixture);
      release(fixture, { ...ROLLBACK, seq: 1 });
      return outcomeOf(fixture);
    },
  ],
  [
    19,
    "a rollback below the security floor",
    "hold BELOW_FLOOR",
    async (fixture) => {
      fixture.version = "2.0.0";
      setSecurity(fixture.repository, { seq: 2, buildFloor: 2 });
      fixture.repository.publish("targets");
      release(fixture, ROLLBACK);
      return outcomeOf(fixture);
    },
  ],
  [
    20,
    "a floor that was lowered",
    "hold BELOW_FLOOR",
    async (fixture) => {
      setSecurity(fixture.repository, { seq: 2, buildFloor: 3 });
      fixture.repository.publish("targets");
      await outcomeOf(fixture);
      setSecurity(fixture.repository, { seq: 3, buildFloor: 0 });
      fixture.repository.publish("targets");
      return outcomeOf(fixture);
    },
  ],
  [
    21,
    "a rollback that does not name the running build",
    "hold NOT_IN_FROM",
    async (fixture) => {
      fixture.version = "3.0.0";
      release(fixture, ROLLBACK);
      return outcomeOf(fixture);
    },
  ],
  [
    22,
    "the waiting update is revoked",
    "NOTHING_READY",
    (fixture) =>
      pressAfter(fixture, () => {
        setSecurity(fixture.repository, { seq: 2, revokedBuilds: ["build-2"] });
        fixture.repository.publish("targets");
      }),
  ],
  [
    23,
    "a halt between the download and the end of the app",
    "NOTHING_READY",
    (fixture) =>
      pressAfter(fixture, () => {
        setHalt(fixture.repository, "ga", {});
        fixture.repository.publish("halt");
      }),
  ],
  [
    24,
    "the file exchanged after it was verified",
    "MISMATCH",
    (fixture) =>
      pressAfter(fixture, () => {
        const [folder = ""] = readdirSync(fixture.pending);
        writeFileSync(join(fixture.pending, folder, "app_2.0.0.deb"), "bytes of a thief");
      }),
  ],
  [
    25,
    "endless data",
    "TOO_LARGE",
    (fixture) =>
      serveInstead(fixture, (_request, response) => {
        const flood = setInterval(() => response.write(Buffer.alloc(1 << 16)), 1);
        response.once("close", () => clearInterval(flood));
        return true;
      }),
  ],
  [
    26,
    "data sent very slowly",
    "TOO_SLOW",
    (fixture) =>
      serveInstead(fixture, (_request, response) => {
        const drip = setInterval(() => response.write("x"), 20);
        response.once("close", () => clearInterval(drip));
        return true;
      }),
  ],
  [
    27,
    "circular redirects",
    "REDIRECTED",
    (fixture) =>
      serveInstead(fixture, (_request, response) => Boolean(response.writeHead(302, { location: "/again" }).end())),
  ],
  [
    28,
    "an absolute address of another server",
    "REDIRECTED",
    (fixture) =>
      serveInstead(fixture, (_request, response) =>
        Boolean(response.writeHead(301, { location: "https://elsewhere.example/metadata/timestamp.json" }).end()),
      ),
  ],
  [
    29,
    "links, other letter cases and parent folders on a stick",
    "UNSAFE_PATH, NOT_FOUND, hold NOT_LISTED",
    async (fixture) => {
      fixture.stickRoot = fixture.exportToStick();
      const file = fileOnStick(fixture.stickRoot);
      const content = readFileSync(file);
      rmSync(file);
      writeFileSync(join(fixture.data, "elsewhere"), content);
      symlinkSync(join(fixture.data, "elsewhere"), file);
      const linked = await outcomeOf(fixture, "stick");
      rmSync(file);
      writeFileSync(file.replace("app_", "APP_"), content);
      const otherCase = await outcomeOf(fixture, "stick");
      // Listed by the role itself: a build with a file outside its folder is not a build.
      fixture.repository.addTarget("builds", "builds/build-2/../build-2/x.deb", "x");
      fixture.repository.role("builds").targets["builds/build-2/..%2fx.deb"] = { length: 1, hashes: { sha256: "00" } };
      fixture.repository.addTarget("builds", "builds/build-2/APP_2.0.0.deb", "x", { buildId: "build-2" });
      fixture.repository.publish("builds");
      return `${linked}, ${otherCase}, ${await outcomeOf(fixture)}`;
    },
  ],
  [
    30,
    "a block map that expands enormously is never requested",
    `${ACCEPTED}, 0`,
    async (fixture) => {
      const outcome = await outcomeOf(fixture);
      return `${outcome}, ${fixture.server.requestedPaths.filter((path) => path.includes("blockmap")).length}`;
    },
  ],
];
