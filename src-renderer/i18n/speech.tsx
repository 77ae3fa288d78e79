import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";
import { I18nProvider } from "react-aria-components";
import type { Snapshot } from "../../src-shared/ipc/index.ts";
import { DEFAULT_LANGUAGE, type Language, type Translations } from "../../src-shared/languages.ts";
import type { ProblemCode, ProblemWords } from "./codes.ts";
import { en, type Words } from "./en.ts";
import { createFormat, type Format } from "./format.ts";
import { fr } from "./fr.ts";

export type Speech = {
  readonly language: Language;
  readonly words: Words;
  readonly format: Format;
  /** The three parts of a refusal; `date` in integer seconds where its sentence names one. */
  explain: (code: ProblemCode, date?: number | null, isCopy?: boolean) => ProblemWords;
};

const catalogs: Translations<Words> = { fr, en };

export function createSpeech(language: Language, support: string): Speech {
  const words = catalogs[language];
  const format = createFormat(language);
  return {
    language,
    words,
    format,
    explain: (code, date = null, isCopy = false) =>
      words.problems[code]({
        date: date === null ? null : format.date(date),
        support: support === "" ? words.app.publisher : support,
        isCopy,
      }),
  };
}

const SpeechContext = createContext<Speech>(createSpeech(DEFAULT_LANGUAGE, ""));

/** Gives the words of the chosen language to everything inside; changing the language changes them at once. */
export function SpeechProvider(props: { snapshot: Snapshot; children: ReactNode }): ReactNode {
  const { language, support } = props.snapshot;
  const speech = useMemo(() => createSpeech(language, support), [language, support]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <I18nProvider locale={language}>
      <SpeechContext value={speech}>{props.children}</SpeechContext>
    </I18nProvider>
  );
}

export function useSpeech(): Speech {
  return useContext(SpeechContext);
}
