import { chmodSync, cpSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { courseIn } from "../../../src-ops/packing/course-in.ts";
import type { Section } from "../../../src-shared/vault/index.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import {
  filesUnder,
  LIGHTHOUSE,
  openPublisherFixture,
  type PublisherFixture,
  TIDES,
} from "../support/publisher-fixture.ts";
import { type Listing, type Packed, refusal, succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

type Arranged = Omit<Packed, "videos"> & {
  readonly sections: readonly Section[];
  readonly videos: readonly (Packed["videos"][number] & { readonly section?: number; readonly description?: string })[];
};
type Plan = {
  folder: string;
  videos: PlanVideo[];
  sections: { title: string; description?: string; videos: PlanVideo[] }[];
};
type PlanVideo = { file?: string; id?: string; title: string; description?: string };

let fixture: PublisherFixture;
let lessons: string;
let packed: Arranged;
const on = (stick: string, ...rest: string[]) => ["--stick", stick, "--keys", fixture.keys, ...rest];

function film(...names: string[]): string {
  const path = join(lessons, ...names);
  mkdirSync(dirname(path), { recursive: true });
  cpSync(TIDES, path);
  return path;
}

/** The titles of the videos, under those of their sections. */
function outline({ sections, videos }: Pick<Arranged, "sections" | "videos">): unknown {
  const titlesOf = (place?: number) => videos.filter(({ section }) => section === place).map(({ title }) => title);
  return [titlesOf(), ...sections.map(({ title }, place) => [title, titlesOf(place)])];
}

function save(name: string, plan: unknown): string {
  const path = fixture.path(name);
  writeFileSync(path, JSON.stringify(plan, null, 2));
  return path;
}

const planOf = async (...args: string[]) => JSON.parse((await vaultctl(["plan", ...args])).stdout) as Plan;

beforeAll(async () => {
  fixture = await openPublisherFixture();
  lessons = fixture.path("lessons");
  film("10_Weather", "1.webm");
  film("2 Sails", "Deep", "wind.webm");
  film("2 Sails", "10 - Reef.webm");
  film("2 Sails", "2 - Main.webm");
  film("welcome.webm");
  packed = await succeed<Arranged>(["pack", "--no-trial", ...on(fixture.stick, lessons)]);
});
afterAll(() => fixture.remove());

const OUTLINE = [
  ["Welcome"],
  ["2 Sails", ["2 - Main", "10 - Reef"]],
  ["2 Sails – Deep", ["Wind"]],
  ["10 Weather", ["1"]],
];

describe("a folder of lessons", () => {
  it("is packed with a section for each folder in it, 2 before 10", async () => {
    expect(outline(packed)).toEqual(OUTLINE);
    expect(outline(await succeed<Listing & Arranged>(["ls", fixture.stick, "--keys", fixture.keys]))).toEqual(OUTLINE);
    expect((await openAsReader(fixture, fixture.stick)).catalog.sections).toEqual(packed.sections);
    const { stdout } = await vaultctl(["ls", fixture.stick, "--keys", fixture.keys]);
    expect(stdout.indexOf("\n2 Sails\n")).toBeGreaterThan(stdout.indexOf("Welcome"));
  });

  it("is not kept from being packed by what systems put into it, or by a link back to itself", async () => {
    const folder = fixture.path("system");
    mkdirSync(join(folder, "1 Knots"), { recursive: true });
    for (const name of [
      "lost+found",
      "@eaDir",
      "#recycle",
      "$RECYCLE.BIN",
      "System Volume Information",
      "__MACOSX",
      ".Trash-1000",
    ]) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "film.mp4"), "");
    }
    chmodSync(join(folder, "lost+found"), 0);
    writeFileSync(join(folder, "1 Knots", "._a.mp4"), "");
    writeFileSync(join(folder, "1 Knots", "a.mp4"), "");
    symlinkSync(folder, join(folder, "again"));
    const course = await courseIn([folder]);
    expect(course.ok && course.value.sections).toEqual([{ title: "1 Knots" }]);
    expect(course.ok && course.value.films.map(({ path }) => path)).toEqual([join(folder, "1 Knots", "a.mp4")]);
  });

  it.each([
    [
      ["[10] End", "[2] Reef", "[1] Start"],
      ["[1] Start", "[2] Reef", "[10] End"],
    ],
    [
      ["EP.11.v0", "EP.1.v0.1080p", "EP.2.v0"],
      ["EP.1.v0.1080p", "EP.2.v0", "EP.11.v0"],
    ],
    [
      ["1.10 End", "1.9 Reef", "1.1 Start"],
      ["1.1 Start", "1.9 Reef", "1.10 End"],
    ],
    [
      ["第10课", "第2课"],
      ["第2课", "第10课"],
    ],
    [
      ["Lesson 10", "Lesson 2b", "lesson 2a"],
      ["lesson 2a", "Lesson 2b", "Lesson 10"],
    ],
  ])("counts in the names of films as people do: %j", async (names, ordered) => {
    const folder = fixture.path(`order ${names[0]}`);
    mkdirSync(folder);
    for (const name of names) writeFileSync(join(folder, `${name}.mp4`), "");
    const course = await courseIn([folder]);
    expect(course.ok && course.value.films.map(({ path }) => basename(path, ".mp4"))).toEqual(ordered);
  });

  it("takes a picture of the same name as the poster of a film", async () => {
    const folder = fixture.path("pictures");
    mkdirSync(folder);
    for (const name of ["Knots.mp4", "knots.JPG", "sails.mp4"]) writeFileSync(join(folder, name), "");
    const course = await courseIn([folder]);
    expect(course.ok && course.value.films.map(({ poster }) => poster)).toEqual([join(folder, "knots.JPG"), undefined]);
  });

  it("is refused with more than 2,000 folders of films", async () => {
    const folder = fixture.path("absurd");
    for (let place = 0; place <= 2000; place++) {
      mkdirSync(join(folder, `${place}`), { recursive: true });
      writeFileSync(join(folder, `${place}`, "a.mp4"), "");
    }
    expect(await courseIn([folder])).toMatchObject({ ok: false, error: { code: "VAULT_TOO_LARGE" } });
    expect(await refusal(["plan", folder])).toBe("VAULT_TOO_LARGE");
  });

  it("without folders in it makes a stick without sections, which every app opens", async () => {
    const flat = await succeed<Arranged>([
      "pack",
      "--no-trial",
      ...on(fixture.newStick("flat"), join(lessons, "10_Weather")),
    ]);
    expect(outline(flat)).toEqual([["1"]]);
  });
});

describe("a plan", () => {
  it("of a folder packs what the folder itself would, unless it is changed", async () => {
    const plan = await planOf(lessons);
    expect(plan.folder).toBe(lessons);
    expect(plan.sections[0]?.videos[0]).toEqual({ file: "2 Sails/2 - Main.webm", title: "2 - Main", description: "" });
    plan.sections.reverse();
    Object.assign(plan.sections[0]!, { title: "Le temps", description: "Nuages.\nVent." });
    Object.assign(plan.videos[0]!, { title: "\u{1F6A2}".repeat(500), description: "Begin here." });
    const args = ["pack", "--no-trial", ...on(fixture.newStick("planned"), "--plan", save("plan.json", plan))];
    const made = await succeed<Arranged>(args);
    expect(outline(made)).toEqual([
      ["\u{1F6A2}".repeat(500)],
      ["Le temps", ["1"]],
      ["2 Sails – Deep", ["Wind"]],
      ["2 Sails", ["2 - Main", "10 - Reef"]],
    ]);
    expect(made.sections[0]).toEqual({ title: "Le temps", description: "Nuages.\nVent." });
    expect(made.videos[0]).toMatchObject({ description: "Begin here." });
  });

  it("is found beside its films when both are moved, if its folder is relative", async () => {
    const plan = { ...(await planOf(lessons)), folder: "lessons" };
    expect((await vaultctl(["pack", "--check", "--no-trial", "--plan", save("moved.json", plan), "--json"])).code).toBe(
      0,
    );
  });

  it("finds a film whose name has its accents written in another way, as after a Mac", async () => {
    const folder = fixture.path("accents");
    mkdirSync(join(folder, "Été".normalize("NFD")), { recursive: true });
    cpSync(TIDES, join(folder, "Été".normalize("NFD"), "Marée.webm".normalize("NFD")));
    const sections = [{ title: "Été", videos: [{ file: "Été/Marée.webm".normalize("NFC") }] }];
    const path = save("accents.json", { format: "uvv-pack-plan/1", folder, sections });
    expect((await vaultctl(["pack", "--check", "--no-trial", "--plan", path, "--json"])).code).toBe(0);
  });

  it("is refused if it names films that are gone, before anything is written", async () => {
    const plan = await planOf(lessons);
    plan.videos[0]!.file = "gone.webm";
    const stick = fixture.newStick("untouched");
    const answer = await vaultctl(["pack", ...on(stick, "--plan", save("gone.json", plan)), "--json"]);
    expect(answer.json).toMatchObject({
      error: { code: "PLAN_MISMATCH", message: expect.stringContaining("gone.webm") },
    });
    expect(filesUnder(stick)).toEqual([]);
  });

  it.each([
    ["films beside it", ["--plan", "p", TIDES]],
    ["a title beside it", ["--plan", "p", "--title", "Knots"]],
    ["neither films nor a plan", []],
  ])("is a usage error with %s", async (_what, args) => {
    expect(await refusal(["pack", ...on(fixture.stick, ...args)])).toBe("USAGE");
  });

  it("is refused by its name where it is none", async () => {
    for (const command of ["pack", "edit"]) {
      expect(await refusal([command, ...on(fixture.stick, "--plan", save("none.json", { format: "?" }))])).toBe(
        "PLAN_INVALID",
      );
      expect(await refusal([command, ...on(fixture.stick, "--plan", fixture.path("nowhere.json"))])).toBe(
        "PLAN_INVALID",
      );
    }
    expect(await refusal(["plan"])).toBe("USAGE");
    expect(await refusal(["plan", fixture.path("system", "1 Knots", "a.mp4")])).toBe("USAGE");
  });
});

describe("edit", () => {
  const dataTimes = (stick: string) =>
    filesUnder(join(stick, "VAULT", "data")).map((name) => [
      name,
      statSync(join(stick, "VAULT", "data", name)).mtimeMs,
    ]);

  it("changes titles, order, sections and descriptions, and writes no film again", async () => {
    const stick = fixture.newStick("edited");
    await succeed(["stick", "copy", fixture.stick, stick, "--keys", fixture.keys]);
    const before = dataTimes(stick);
    const plan = await planOf(...on(stick));
    const [sails, deep, weather] = plan.sections;
    plan.sections = [
      { title: "All", description: "Everything.", videos: [...weather!.videos, ...sails!.videos.toReversed()] },
      { title: "Start", videos: plan.videos },
    ];
    plan.videos = deep!.videos.map((video) => ({ ...video, title: "The wind" }));
    const args = ["edit", ...on(stick, "--plan", save("edit.json", plan))];
    const edited = await succeed<Arranged>(args);
    expect(outline(edited)).toEqual([["The wind"], ["All", ["1", "10 - Reef", "2 - Main"]], ["Start", ["Welcome"]]]);
    expect(edited.sections[0]).toEqual({ title: "All", description: "Everything." });
    expect(edited.gen).toBe(2);
    expect(dataTimes(stick)).toEqual(before);
    expect((await openAsReader(fixture, stick)).vault.manifest.claims.gen).toBe(2);
    expect((await succeed<Arranged>(args)).gen, "a plan that is there already").toBe(2);
  });

  it("takes the sections away again", async () => {
    const stick = fixture.newStick("plain");
    await succeed(["stick", "copy", fixture.stick, stick, "--keys", fixture.keys]);
    const plan = await planOf(...on(stick));
    const flat = { ...plan, videos: [...plan.videos, ...plan.sections.flatMap(({ videos }) => videos)], sections: [] };
    const edited = await succeed<Arranged>(["edit", ...on(stick, "--plan", save("flat.json", flat))]);
    expect(outline(edited)).toEqual([["Welcome", "2 - Main", "10 - Reef", "Wind", "1"]]);
  });

  it("refuses a plan that names a video which is not there, leaves one out, or has one twice", async () => {
    const plan = await planOf(...on(fixture.stick));
    const [first] = plan.videos;
    const gone = { ...plan, videos: [first, { ...first, id: "z".repeat(26) }] };
    const left = { ...plan, videos: [] };
    const twice = { ...plan, videos: [first, first] };
    const tries = [gone, left, twice].map((wrong, index) => save(`wrong-${index}.json`, wrong));
    const codes = [];
    for (const path of tries) codes.push(await refusal(["edit", ...on(fixture.stick, "--plan", path)]));
    expect(codes).toEqual(["PLAN_MISMATCH", "PLAN_MISMATCH", "PLAN_INVALID"]);
    expect((await openAsReader(fixture, fixture.stick)).vault.manifest.claims.gen).toBe(1);
  });
});

describe("sections stay", () => {
  it("where films are added and removed: a folder continues the section of its name, and an empty section goes", async () => {
    const stick = fixture.newStick("changed");
    await succeed(["stick", "copy", fixture.stick, stick, "--keys", fixture.keys]);
    const more = fixture.path("more");
    mkdirSync(join(more, "2 Sails"), { recursive: true });
    mkdirSync(join(more, "11 Ports"));
    cpSync(TIDES, join(more, "2 Sails", "11 - Jib.webm"));
    cpSync(LIGHTHOUSE, join(more, "11 Ports", "harbour.mp4"));
    const added = await succeed<Arranged>(["add", "--no-trial", ...on(stick, more)]);
    expect(outline(added)).toEqual([
      ["Welcome"],
      ["2 Sails", ["2 - Main", "10 - Reef", "11 - Jib"]],
      ["2 Sails – Deep", ["Wind"]],
      ["10 Weather", ["1"]],
      ["11 Ports", ["The lighthouse"]],
    ]);
    const deep = added.videos.find(({ title }) => title === "Wind")!.id;
    expect(outline(await succeed<Arranged>(["remove", ...on(stick, deep)]))).toEqual([
      ["Welcome"],
      ["2 Sails", ["2 - Main", "10 - Reef", "11 - Jib"]],
      ["10 Weather", ["1"]],
      ["11 Ports", ["The lighthouse"]],
    ]);
  });

  it("on every copy: a sync brings what an edit has changed, and no film", async () => {
    const [master, copy] = [fixture.newStick("master"), fixture.newStick("copy")];
    for (const to of [master, copy]) {
      await succeed(["stick", "copy", fixture.stick, to, "--keys", fixture.keys]);
    }
    const plan = await planOf(...on(master));
    plan.sections.reverse();
    await succeed(["edit", ...on(master, "--plan", save("master.json", plan))]);
    await succeed(["stick", "sync", "--master", master, "--keys", fixture.keys, "--stick", copy]);
    const [one, other] = [await openAsReader(fixture, master), await openAsReader(fixture, copy)];
    expect(other.catalog).toEqual(one.catalog);
    expect(other.catalog.sections.map(({ title }) => title)).toEqual(["10 Weather", "2 Sails – Deep", "2 Sails"]);
    expect(readFileSync(join(copy, "VAULT", "vault.json"), "utf8")).toContain(other.vault.manifest.claims.stickId);
  });
});
