import type { AddedProtection } from "../../src-shared/protection.ts";
import { ok } from "../../src-shared/result.ts";
import { type Catalog, type CatalogVideo, formatCatalog } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import type { Job } from "../job.ts";
import { type Changed, type ChangeSettings, commitContent } from "./change-vault.ts";
import { readEditPlan, sectionOf, someOf } from "./course-of-plan.ts";
import { withLockedStick } from "./locked-stick.ts";
import type { EditPlan } from "./plan-file.ts";
import { openSession, type Session } from "./session.ts";

export type EditRequest = {
  readonly stick: string;
  readonly keys: string;
  /** Otherwise titles, sections and order stay. */
  readonly plan?: string | undefined;
  readonly protection: AddedProtection;
};

/**
 * Changes titles, descriptions, sections and order as a plan has them, and the protection, in a new generation. No film is
 * written again.
 */
export async function editVault(
  { stick, keys, plan: path, protection }: EditRequest,
  job: Job,
  settings: ChangeSettings,
): Promise<Attempt<Changed>> {
  const plan = path === undefined ? ok(undefined) : await readEditPlan(path);
  if (!plan.ok) return plan;
  return withLockedStick({ stick, keys }, async (publisher) => {
    const session = await openSession(publisher, stick);
    if (!session.ok) return session;
    const arranged = plan.value ? arrange(session.value, plan.value, path ?? "") : ok(session.value);
    if (!arranged.ok) return arranged;
    const { hidesTitles, sections, videos } = arranged.value;
    const catalog = { hidesTitles, sections, videos, protection: { ...session.value.protection, ...protection } };
    const { gen, files } = session.value;
    if (formatCatalog(session.value) === formatCatalog(catalog)) {
      job.note(`${stick} has all of this already: nothing is changed.`);
      return ok({ session: session.value, gen, ...catalog, added: [], reusedBytes: 0 });
    }
    return commitContent(session.value, { ...catalog, files }, job, settings);
  });
}

/** The videos of the stick in the order of the plan. Both have the same videos, or it is refused. */
function arrange(session: Session, plan: EditPlan, path: string): Attempt<Omit<Catalog, "protection">> {
  const left = new Map(session.videos.map((video) => [video.id, video]));
  const unknown: string[] = [];
  const videos: CatalogVideo[] = [];
  for (const [place, section] of [plan, ...plan.sections].entries()) {
    for (const { id, title, description } of section.videos) {
      const video = left.get(id);
      left.delete(id);
      if (!video) unknown.push(id);
      else videos.push(describe(video, title, description, place === 0 ? undefined : place - 1));
    }
  }
  const { root } = session;
  if (unknown.length > 0) {
    const cure = "see `vaultctl ls`, or write a new plan with `vaultctl plan --stick`";
    return fail("PLAN_MISMATCH", `${path} names videos that are not on ${root}: ${someOf(unknown)}; ${cure}.`);
  }
  if (left.size > 0) {
    const named = someOf([...left.values()].map(({ id, title }) => `${title} (${id})`));
    const cure = "give them a place in it, or take them off with `vaultctl remove`";
    return fail("PLAN_MISMATCH", `${root} has videos that ${path} does not name: ${named}; ${cure}.`);
  }
  const sections = plan.sections.map(({ title, description }) => sectionOf(title, description));
  return ok({ hidesTitles: plan.hidesTitles ?? session.hidesTitles, sections, videos });
}

function describe(
  video: CatalogVideo,
  title: string,
  description: string | undefined,
  section: number | undefined,
): CatalogVideo {
  const { description: _description, section: _section, ...facts } = video;
  return {
    ...facts,
    title,
    ...(description ? { description } : {}),
    ...(section === undefined ? {} : { section }),
  };
}
