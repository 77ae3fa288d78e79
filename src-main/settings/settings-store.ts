import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import * as v from "valibot";
import { type Consent, CONSENTS, Settings, type SettingsChange, StickView } from "../../src-shared/ipc/index.ts";
import { codeOf, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";

const Stored = v.object({
  language: v.fallback(Settings.entries.language, "system"),
  appearance: v.fallback(Settings.entries.appearance, "system"),
  volume: v.fallback(Settings.entries.volume, 1),
  muted: v.fallback(Settings.entries.muted, false),
  soundLanguage: v.fallback(Settings.entries.soundLanguage, ""),
  autoplay: v.fallback(Settings.entries.autoplay, true),
  subtitleSize: v.fallback(Settings.entries.subtitleSize, "normal"),
  subtitleBackground: v.fallback(Settings.entries.subtitleBackground, "dark"),
  consent: v.fallback(v.picklist(CONSENTS), "unasked"),
  recent: v.fallback(v.pipe(v.array(StickView), v.maxLength(5)), []),
});
type Stored = v.InferOutput<typeof Stored>;

const MAX_RECENT = 5;

/** The viewer's choices and the recently seen vaults. Each member that cannot be read falls back to its default. */
export type SettingsStore = {
  readonly settings: () => Settings;
  readonly recent: () => readonly StickView[];
  readonly consent: () => Consent;
  readonly setConsent: (consent: Consent) => Promise<Result<undefined, "NOT_WRITTEN">>;
  readonly change: (changes: SettingsChange) => Promise<Result<undefined, "NOT_WRITTEN">>;
  readonly remember: (stick: StickView) => Promise<Result<undefined, "NOT_WRITTEN">>;
};

export function openSettingsStore(path: string): SettingsStore {
  let stored = load(path);
  let writing: Promise<unknown> = Promise.resolve();

  function write(next: Stored): Promise<Result<undefined, "NOT_WRITTEN">> {
    stored = next;
    const result = writing.then(() => save(path, next));
    writing = result;
    return result;
  }

  return {
    settings: () => v.parse(Settings, stored),
    recent: () => stored.recent,
    consent: () => stored.consent,
    setConsent: (consent) => write({ ...stored, consent }),
    change: (changes) => write({ ...stored, ...changes }),
    remember(stick) {
      const earlier = stored.recent.find((seen) => seen.stickId === stick.stickId);
      const others = stored.recent.filter((seen) => seen.stickId !== stick.stickId);
      return write({ ...stored, recent: [{ ...earlier, ...stick }, ...others].slice(0, MAX_RECENT) });
    },
  };
}

function load(path: string): Stored {
  try {
    return v.parse(Stored, JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    if (codeOf(error) === "" && !(error instanceof SyntaxError) && !v.isValiError(error)) throw error;
    return v.parse(Stored, {});
  }
}

async function save(path: string, stored: Stored): Promise<Result<undefined, "NOT_WRITTEN">> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileAtomic(path, `${JSON.stringify(stored, null, 2)}\n`);
    return ok(undefined);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return err("NOT_WRITTEN");
  }
}
