import { statSync } from "node:fs";
import { loadPublisher } from "../../src-ops/keys/index.ts";
import { addVideos } from "../../src-ops/packing/change-vault.ts";
import type { PlannedVideo } from "../../src-ops/packing/plan.ts";
import { openSession } from "../../src-ops/packing/session.ts";

/** A film that is packed although nothing has been checked. */
export type UncheckedFilm = { readonly path: string; readonly title: string; readonly durationSeconds: number };

/** Adds films to a stick as an older vaultctl did, which knew less about films that do not play. */
export async function packAsIs(
  { stick, keys }: { readonly stick: string; readonly keys: string },
  films: readonly UncheckedFilm[],
): Promise<void> {
  const publisher = valueOf(await loadPublisher(keys));
  const session = valueOf(await openSession(publisher, stick));
  const job = { signal: AbortSignal.timeout(60_000), progress: { show: () => {}, end: () => {} }, note: () => {} };
  valueOf(
    await addVideos(session, { sections: [], videos: films.map(planned) }, job, { now: Math.floor(Date.now() / 1000) }),
  );
}

function planned({ path, title, durationSeconds }: UncheckedFilm): PlannedVideo {
  const { size, mtimeMs } = statSync(path);
  const type = path.endsWith(".mkv") ? "video/x-matroska" : "video/mp4";
  return {
    source: { path, size, mtimeMs },
    name: title,
    description: undefined,
    section: undefined,
    metadata: { title, durationSeconds, width: 320, height: 180, type, codecs: ["avc1.64000d"], sounds: [] },
    hasSound: true,
    poster: undefined,
    storyboard: undefined,
    sidecars: { subtitles: [], chapters: [], notes: [] },
    notes: [],
    fingerprint: title,
  };
}

function valueOf<T>(attempt: { ok: true; value: T } | { ok: false; error: { code: string; message: string } }): T {
  if (!attempt.ok) throw new Error(`${attempt.error.code}: ${attempt.error.message}`);
  return attempt.value;
}
