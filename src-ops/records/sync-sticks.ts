import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail, type Failure, settle } from "../failure.ts";
import type { Job } from "../job.ts";
import { loadPublisher, type Publisher } from "../keys/index.ts";
import {
  addToVault,
  type Course,
  contentOf,
  type ElectronProgram,
  filmsInVault,
  hasSameContent,
  removeFromVault,
  type SyncedStick,
  type SyncRequest,
  syncStick,
  type VaultContent,
} from "../packing/index.ts";
import { isFolder } from "../paths.ts";
import { isNamed, listSticks, recordStick } from "./recorded-sticks.ts";

export type SyncOrder = {
  readonly keys: string;
  /** A stick or a folder with the vault; it is changed first. */
  readonly master: string;
  /** Films that get onto the master, and from there onto every stick. */
  readonly add: Course;
  /** The ids of videos that are taken off. */
  readonly retire: readonly string[];
  /** Sticks by their folder or their name; none: every stick of this vault that is plugged in. */
  readonly sticks: readonly string[];
  readonly mounted: () => Promise<readonly string[]>;
  /** The app's Electron, in which each new film is played before it is packed. */
  readonly electron?: ElectronProgram | undefined;
};

/** One stick after the run. `behind`: it is not plugged in, and lacks something that the master has. */
export type StickState = { readonly name: string | undefined; readonly root: string | undefined } & (
  | SyncedStick
  | { readonly state: "behind" }
  | { readonly state: "failed"; readonly error: Failure }
);

/** Changes the master, and brings the sticks that are plugged in to its content. One that fails does not stop the others. */
export async function syncSticks(
  order: SyncOrder,
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<{ readonly vaultId: string; readonly titles: number; readonly sticks: readonly StickState[] }>> {
  const { keys, master: from } = order;
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const changed = await changeMaster(publisher.value, order, job, now);
  if (!changed.ok) return changed;
  const master = changed.value;
  const targets = await targetsOf(publisher.value, order, master);
  if (!targets.ok) return targets;
  const handled: StickState[] = [];
  for (const [index, { name: given, root }] of targets.value.entries()) {
    if (job.signal.aborted) break;
    // What the file system refuses for one stick must not end the run for the others.
    const synced =
      root === undefined
        ? away(given)
        : await settle(() => syncAndRecord(publisher.value, { from, to: root, keys, retire: order.retire }, job, now));
    handled.push(synced.ok ? { root, ...synced.value } : { name: given, root, state: "failed", error: synced.error });
    job.note(`${index + 1} of ${targets.value.length}: ${root ?? given} ${handled.at(-1)?.state}.`);
  }
  const others = await othersOf(publisher.value, master, handled);
  return others.ok
    ? ok({ vaultId: master.vaultId, titles: master.videos.length, sticks: [...handled, ...others.value] })
    : others;
}

/** A stick whose content is not recorded is not done: licenses and content packs are made from the records. */
async function syncAndRecord(
  publisher: Publisher,
  request: SyncRequest,
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<SyncedStick & { readonly name: string }>> {
  const synced = await syncStick(request, job, now);
  if (!synced.ok) return synced;
  const recorded = await recordStick(publisher, request.to, now);
  return recorded.ok ? ok({ ...synced.value, name: recorded.value.name }) : recorded;
}

/** Films that are on the master already, and videos that are not there any more, were handled by an earlier run. */
async function changeMaster(
  publisher: Publisher,
  { keys, master: stick, add, retire, electron }: SyncOrder,
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<VaultContent>> {
  const paths = add.films.map(({ path }) => path);
  const known = paths.length === 0 ? ok(new Set<string>()) : await filmsInVault({ stick, keys }, paths, job.signal);
  if (!known.ok) return known;
  for (const path of known.value) job.note(`${path} is on the master already.`);
  const course = { ...add, films: add.films.filter(({ path }) => !known.value.has(path)) };
  const added =
    course.films.length === 0 ? undefined : await addToVault({ stick, keys, course, electron }, job, { now });
  if (added?.ok === false) return added;
  const content = await contentOf(publisher, stick);
  if (!content.ok) return content;
  const ids = retire.filter((id) => content.value.videos.some((video) => video.id === id));
  for (const id of retire) if (!ids.includes(id)) job.note(`${id} is not on the master.`);
  const removed = ids.length === 0 ? undefined : await removeFromVault({ stick, keys, ids }, job, { now });
  if (removed?.ok === false) return removed;
  const recorded = await recordStick(publisher, stick, now);
  return recorded.ok ? contentOf(publisher, stick) : recorded;
}

type Target = { readonly name: string | undefined; readonly root: string | undefined };

async function targetsOf(
  publisher: Publisher,
  { sticks, mounted }: SyncOrder,
  master: VaultContent,
): Promise<Attempt<readonly Target[]>> {
  const recorded = await listSticks(publisher);
  if (!recorded.ok) return recorded;
  const plugged = await pluggedIn(publisher, mounted, master);
  const nameOf = (id: string) => recorded.value.find(({ stickId }) => stickId === id)?.name;
  if (sticks.length === 0) return ok(plugged.map(({ root, stickId }) => ({ name: nameOf(stickId), root })));
  const targets: Target[] = [];
  for (const given of sticks) {
    const known = recorded.value.find((one) => isNamed(one, given));
    if (known) targets.push({ name: known.name, root: plugged.find(({ stickId }) => stickId === known.stickId)?.root });
    else if (await isFolder(given)) targets.push({ name: await nameIn(publisher, given, nameOf), root: given });
    else return fail("STICK_UNKNOWN", `No stick ${given}: name its folder, or see \`vaultctl stick list\`.`);
  }
  return ok(targets);
}

async function nameIn(publisher: Publisher, root: string, nameOf: (stickId: string) => string | undefined) {
  const content = await settle(() => contentOf(publisher, root));
  return content.ok ? nameOf(content.value.stickId) : undefined;
}

/** The plugged copies of this vault, apart from the master itself. */
async function pluggedIn(publisher: Publisher, mounted: SyncOrder["mounted"], master: VaultContent) {
  const plugged: { readonly root: string; readonly stickId: string }[] = [];
  for (const root of await mounted()) {
    const content = await settle(() => contentOf(publisher, root));
    if (!content.ok || content.value.vaultId !== master.vaultId || content.value.stickId === master.stickId) continue;
    plugged.push({ root, stickId: content.value.stickId });
  }
  return plugged;
}

/** The recorded sticks of this vault that were not handled; a stick that was replaced is not missed. */
async function othersOf(
  publisher: Publisher,
  master: VaultContent,
  handled: readonly StickState[],
): Promise<Attempt<readonly StickState[]>> {
  const recorded = await listSticks(publisher);
  if (!recorded.ok) return recorded;
  const isReplaced = (id: string) => recorded.value.some(({ replaces }) => replaces === id);
  const others = recorded.value.filter(
    ({ name, vaultId, stickId }) =>
      vaultId === master.vaultId &&
      stickId !== master.stickId &&
      !isReplaced(stickId) &&
      !handled.some((one) => one.name === name),
  );
  const states: StickState[] = [];
  for (const { name, folder } of others) {
    const content = await contentOf(publisher, folder);
    if (!content.ok) return content;
    const isCurrent = hasSameContent(content.value, master);
    const place = { name, root: undefined };
    states.push(isCurrent ? { ...place, state: "current", added: [], removed: [] } : { ...place, state: "behind" });
  }
  return ok(states);
}

function away(name: string | undefined) {
  return fail("STICK_AWAY", `Stick ${name} is not plugged in: plug it in, or name its folder.`);
}
