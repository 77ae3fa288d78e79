import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setHalt, setSecurity } from "../../fakes/update-feed.ts";
import { type Attack, fileOnStick, outcomeOf, release, ROLLBACK, TAKEN } from "./attack.ts";
import type { UpdateWorld } from "./update-world.ts";

/** Looks, lets something happen, and then presses "install". */
async function pressAfter(world: UpdateWorld, happen: () => void): Promise<string> {
  const { updates } = await world.look();
  happen();
  const pressed = await updates.install();
  await updates.close();
  if (world.installed.length > 0 || world.waiting().length > 0) return "installed or left";
  return pressed.ok ? "installed" : pressed.error;
}

function serveInstead(world: UpdateWorld, answer: NonNullable<UpdateWorld["server"]["answer"]>): Promise<string> {
  world.server.answer = answer;
  return outcomeOf(world);
}

/** What the documents, the server and the files can be made to say. */
export const ATTACKS_ON_UPDATES: readonly Attack[] = [
  [
    15,
    "a ring names a build that nobody listed",
    "hold NOT_LISTED",
    async (world) => {
      release(world, { seq: 2, build: "build-9" });
      return outcomeOf(world);
    },
  ],
  [
    16,
    "a document of another ring",
    "WRONG_RING",
    async (world) => {
      release(world, { seq: 2, ring: "ring1" });
      return outcomeOf(world);
    },
  ],
  [
    18,
    "a rollback with the number of what was seen",
    "RELEASE_REPLAYED",
    async (world) => {
      world.version = "2.0.0";
      await outcomeOf(world);
      release(world, { ...ROLLBACK, seq: 1 });
      return outcomeOf(world);
    },
  ],
  [
    19,
    "a rollback below the security floor",
    "hold BELOW_FLOOR",
    async (world) => {
      world.version = "2.0.0";
      setSecurity(world.repository, { seq: 2, buildFloor: 2 });
      world.repository.publish("targets");
      release(world, ROLLBACK);
      return outcomeOf(world);
    },
  ],
  [
    20,
    "a floor that was lowered",
    "hold BELOW_FLOOR",
    async (world) => {
      setSecurity(world.repository, { seq: 2, buildFloor: 3 });
      world.repository.publish("targets");
      await outcomeOf(world);
      setSecurity(world.repository, { seq: 3, buildFloor: 0 });
      world.repository.publish("targets");
      return outcomeOf(world);
    },
  ],
  [
    21,
    "a rollback that does not name what runs",
    "hold NOT_IN_FROM",
    async (world) => {
      world.version = "3.0.0";
      release(world, ROLLBACK);
      return outcomeOf(world);
    },
  ],
  [
    22,
    "what waits is revoked",
    "NOTHING_READY",
    (world) =>
      pressAfter(world, () => {
        setSecurity(world.repository, { seq: 2, revokedBuilds: ["build-2"] });
        world.repository.publish("targets");
      }),
  ],
  [
    23,
    "a halt between the download and the end of the app",
    "NOTHING_READY",
    (world) =>
      pressAfter(world, () => {
        setHalt(world.repository, "ga", {});
        world.repository.publish("halt");
      }),
  ],
  [
    24,
    "the file swapped after it was verified",
    "MISMATCH",
    (world) =>
      pressAfter(world, () => {
        const [folder = ""] = readdirSync(world.pending);
        writeFileSync(join(world.pending, folder, "app_2.0.0.deb"), "bytes of a thief");
      }),
  ],
  [
    25,
    "data without end",
    "TOO_LARGE",
    (world) =>
      serveInstead(world, (_request, response) => {
        const flood = setInterval(() => response.write(Buffer.alloc(1 << 16)), 1);
        response.once("close", () => clearInterval(flood));
        return true;
      }),
  ],
  [
    26,
    "a slow drip",
    "TOO_SLOW",
    (world) =>
      serveInstead(world, (_request, response) => {
        const drip = setInterval(() => response.write("x"), 20);
        response.once("close", () => clearInterval(drip));
        return true;
      }),
  ],
  [
    27,
    "redirects in a circle",
    "REDIRECTED",
    (world) =>
      serveInstead(world, (_request, response) => Boolean(response.writeHead(302, { location: "/again" }).end())),
  ],
  [
    28,
    "an absolute address of another server",
    "REDIRECTED",
    (world) =>
      serveInstead(world, (_request, response) =>
        Boolean(response.writeHead(302, { location: "https://elsewhere.example/metadata/timestamp.json" }).end()),
      ),
  ],
  [
    29,
    "links, other cases and ways upwards on a stick",
    "UNSAFE_PATH, NOT_FOUND, hold NOT_LISTED",
    async (world) => {
      world.stickRoot = world.exportToStick();
      const file = fileOnStick(world.stickRoot);
      const content = readFileSync(file);
      rmSync(file);
      writeFileSync(join(world.data, "elsewhere"), content);
      symlinkSync(join(world.data, "elsewhere"), file);
      const linked = await outcomeOf(world, "stick");
      rmSync(file);
      writeFileSync(file.replace("app_", "APP_"), content);
      const otherCase = await outcomeOf(world, "stick");
      // Listed by the role itself: a build whose file climbs out is no build.
      world.repository.addTarget("builds", "builds/build-2/../build-2/x.deb", "x");
      world.repository.role("builds").targets["builds/build-2/..%2fx.deb"] = { length: 1, hashes: { sha256: "00" } };
      world.repository.addTarget("builds", "builds/build-2/APP_2.0.0.deb", "x", { buildId: "build-2" });
      world.repository.publish("builds");
      return `${linked}, ${otherCase}, ${await outcomeOf(world)}`;
    },
  ],
  [
    30,
    "a block map that explodes is never asked for",
    `${TAKEN}, 0`,
    async (world) => {
      const outcome = await outcomeOf(world);
      return `${outcome}, ${world.server.asked.filter((path) => path.includes("blockmap")).length}`;
    },
  ],
];
