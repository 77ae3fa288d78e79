import type {
  CallCode,
  CallOutput,
  CatalogItem,
  CatalogView,
  Playback,
  PlaybackFault,
} from "../../src-shared/ipc/index.ts";
import { isEntitled } from "../../src-shared/license/index.ts";
import { MAX_SIDECAR_BYTES } from "../../src-shared/limits.ts";
import { type FileError, partsOf, unwrapFileKey } from "../../src-shared/node/vault-reader.ts";
import { NEVER_WATCHED, watchedAt } from "../../src-shared/playback/index.ts";
import { decideCaptures } from "../../src-shared/protection.ts";
import { isStoryboardFor } from "../../src-shared/storyboard.ts";
import { watermarkOf } from "../../src-shared/watermark.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { Bytes, Seconds, UnixSeconds } from "../../src-shared/units.ts";
import {
  type CatalogVideo,
  type FileRef,
  type FileRole,
  STORYBOARD_TYPE,
  SUBTITLE_TYPE,
} from "../../src-shared/vault/index.ts";
import {
  createMediaAddresses,
  type MediaLookup,
  type MediaSource,
  type SealedFile,
  type ServedMedia,
} from "../playback/index.ts";
import type { SessionPorts } from "./ports.ts";
import type { OpenState } from "./state.ts";

type Target =
  | { readonly kind: "media"; readonly media: ServedMedia }
  | { readonly kind: "asset"; readonly file: SealedFile; readonly type: string; readonly slice?: Slice };

/** A part of a file; the whole file where there is none. */
type Slice = { readonly start: Bytes; readonly length: Bytes };

type Playing = {
  readonly videoId: string;
  readonly source: MediaSource;
  readonly addresses: readonly string[];
  fault: PlaybackFault | undefined;
};

/** Plays one video of an open vault at a time, and assigns addresses to posters. */
export function createPlayer(ports: SessionPorts) {
  const addresses = createMediaAddresses<Target>();
  const posters = new Map<string, string>();
  let playing: Playing | undefined;

  async function open(
    state: OpenState,
    videoId: string,
  ): Promise<Result<CallOutput<"player.open">, CallCode<"player.open">>> {
    const video = state.videos.get(videoId);
    if (!video) return err("NOT_FOUND");
    if (!isEntitled(state.license.license, videoId)) return err("NOT_ENTITLED");
    if (decideCaptures(state.protection, ports.canBlockCaptures) === "refused") return err("CAPTURABLE");
    if (!state.present) return err("REMOVED");
    await close();
    const file = sealedFile(state, video.file, "video");
    if (!file) return err("DAMAGED");
    const opened = await ports.reader.open(file);
    if (!opened.ok) return err(faultOf(opened.error));
    const source = opened.value;
    const onFault = (error: FileError) => fail(videoId, faultOf(error));
    const mediaUrl = addresses.issue({ kind: "media", media: { source, type: video.type, onFault } });
    const subtitles = video.subtitles.flatMap(({ language, label, kind = null, ...ref }) => {
      const url = issueAsset(state, ref, "subtitle", SUBTITLE_TYPE);
      return url ? [{ url, language, label, kind }] : [];
    });
    const storyboard = openStoryboard(state, video);
    const urls = [mediaUrl, ...subtitles.map(({ url }) => url), ...(storyboard?.sheetUrls ?? [])];
    playing = { videoId, source, addresses: urls, fault: undefined };
    const { title, durationSeconds, type, chapters, sounds = [] } = video;
    const resumeSeconds = state.history.of(videoId)?.positionSeconds ?? 0;
    const { claims } = state.license.license;
    const { watermark } = state.protection;
    const mark = watermark === "none" ? null : { mode: watermark, text: watermarkOf(claims, dayHere(ports.now())) };
    const named = { videoId, title, hidesTitle: state.hidesTitles, durationSeconds };
    return ok({ ...named, mediaUrl, type, resumeSeconds, subtitles, sounds, chapters, storyboard, watermark: mark });
  }

  /** Withdraws the addresses and closes the file, so that the stick can be removed. */
  async function close(): Promise<void> {
    const last = playing;
    playing = undefined;
    if (!last) return;
    for (const address of last.addresses) addresses.withdraw(address);
    await last.source.close();
  }

  // Reported once: Chromium requests a failed range again and again. A pulled stick often fails to read first.
  function fail(videoId: string, code: PlaybackFault): void {
    if (!playing || playing.videoId !== videoId) return;
    if (playing.fault !== undefined && (code !== "REMOVED" || playing.fault === "REMOVED")) return;
    playing.fault = code;
    ports.log("playback.fault", { video: videoId, code });
    ports.emit("player.fault", { videoId, code });
  }

  function issueAsset(state: OpenState, ref: FileRef, role: FileRole, type: string): string | null {
    const file = ref.bytes <= MAX_SIDECAR_BYTES ? sealedFile(state, ref, role) : undefined;
    return file ? addresses.issue({ kind: "asset", file, type }) : null;
  }

  /** One that was made for another film is not shown: its pictures would stand at wrong times. */
  function openStoryboard(state: OpenState, { storyboard, durationSeconds }: CatalogVideo): Playback["storyboard"] {
    if (!storyboard || !isStoryboardFor(storyboard, durationSeconds)) return null;
    const { sheets, id, bytes, key, ...layout } = storyboard;
    const file = sealedFile(state, { id, bytes, key }, "storyboard");
    if (!file) return null;
    let start = 0;
    const sheetUrls = sheets.map((length) => {
      const slice = { start, length };
      start += length;
      return addresses.issue({ kind: "asset", file, type: STORYBOARD_TYPE, slice });
    });
    return { ...layout, sheetUrls };
  }

  function posterUrl(state: OpenState, video: CatalogVideo): string | null {
    if (!video.poster) return null;
    const known = posters.get(video.id) ?? issueAsset(state, video.poster, "poster", video.poster.type);
    if (known) posters.set(video.id, known);
    return known;
  }

  const lookup: MediaLookup = async (token) => {
    const target = addresses.find(token);
    if (!target || target.kind === "media") return target?.media;
    const source = await readAsset(target.file, target.slice);
    return source && { source, type: target.type, onFault: () => undefined };
  };

  async function readAsset(file: SealedFile, slice?: Slice): Promise<MediaSource | undefined> {
    const opened = await ports.reader.open(file);
    if (!opened.ok) return undefined;
    const part = slice ?? { start: 0, length: opened.value.size };
    const clear = await opened.value.read(part.start, part.length);
    await opened.value.close();
    if (!clear.ok) return undefined;
    const bytes = clear.value;
    return {
      size: bytes.length,
      read: async (offset, length) => ok(bytes.slice(offset, offset + length)),
      close: async () => undefined,
    };
  }

  return {
    open,
    close,
    fail,
    lookup,
    playingId: () => playing?.videoId,
    /** Forgets every address when the vault is closed. */
    async forget() {
      await close();
      addresses.clear();
      posters.clear();
    },
    list: (state: OpenState): CatalogView => ({
      sections: state.sections.map(({ title, description = "" }) => ({ title, description })),
      items: Array.from(state.videos.values(), (video) => catalogItem(state, video, posterUrl(state, video))),
    }),
    mark(state: OpenState, videoId: string, finished: boolean): Result<undefined, "NOT_FOUND"> {
      if (!state.videos.has(videoId)) return err("NOT_FOUND");
      state.history.set(videoId, finished ? { positionSeconds: 0, at: ports.now(), finished } : NEVER_WATCHED);
      return ok(undefined);
    },
    progress(state: OpenState, videoId: string, positionSeconds: Seconds): void {
      const video = state.videos.get(videoId);
      if (video) state.history.set(videoId, watchedAt(positionSeconds, video.durationSeconds, ports.now()));
    },
  };
}

/** The day on this computer, as `yyyy-mm-dd`. */
function dayHere(now: UnixSeconds): string {
  const here = new Date(now * 1000);
  const [month, day] = [here.getMonth() + 1, here.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${here.getFullYear()}-${month}-${day}`;
}

function sealedFile(state: OpenState, ref: FileRef, role: FileRole): SealedFile | undefined {
  const parts = partsOf(state.vault, ref.id);
  const opened = unwrapFileKey(state.vault.manifest.claims.vaultId, state.keys, ref, role);
  return parts && opened && { parts, ...opened };
}

function catalogItem(state: OpenState, video: CatalogVideo, posterUrl: string | null): CatalogItem {
  const seen = state.history.of(video.id);
  return {
    id: video.id,
    title: video.title,
    description: video.description ?? "",
    section: video.section ?? null,
    durationSeconds: video.durationSeconds,
    added: video.added,
    posterUrl,
    included: isEntitled(state.license.license, video.id),
    positionSeconds: seen?.positionSeconds ?? 0,
    watched: seen?.at ?? 0,
    finished: seen?.finished ?? false,
  };
}

function faultOf(error: FileError): PlaybackFault {
  switch (error) {
    case "GONE":
      return "REMOVED";
    case "UNREADABLE":
      return "UNREADABLE";
    case "CHANGED":
    case "TRUNCATED":
    case "WRONG_KEY":
    case "DAMAGED":
      return "DAMAGED";
  }
}
