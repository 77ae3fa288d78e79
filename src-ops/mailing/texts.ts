import type { Language, Translations } from "../../src-shared/languages.ts";

type Facts = {
  readonly name: string;
  readonly label: string;
  readonly file: string;
  readonly link: string | undefined;
  /** The day on which the license ends. */
  readonly end: string;
  readonly hasPassphrase: boolean;
};

export type MailText = { readonly subject: string; readonly lines: readonly string[] };

type Texts = {
  readonly license: (facts: Facts) => MailText;
  readonly passphrase: (facts: Pick<Facts, "name" | "label"> & { readonly passphrase: string }) => MailText;
};

const TEXTS: Translations<Texts> = {
  en: {
    license: ({ name, label, file, link, end, hasPassphrase }) => ({
      subject: `Your license for "${label}"`,
      lines: [
        name === "" ? "Hello," : `Hello ${name},`,
        "",
        `1. Plug in the stick "${label}" and start USB Video Vault.`,
        `2. Drop the attached file ${file} on the window${link === undefined ? "." : ", or open the link below."}`,
        hasPassphrase ? "3. Type the passphrase. It comes in another message." : "3. Choose a video.",
        "",
        `The license is valid until ${end}.`,
        ...(link === undefined ? [] : ["", link]),
      ],
    }),
    passphrase: ({ name, label, passphrase }) => ({
      subject: `Your passphrase for "${label}"`,
      lines: [
        name === "" ? "Hello," : `Hello ${name},`,
        "",
        `USB Video Vault asks for this passphrase when it opens the stick "${label}":`,
        "",
        passphrase,
        "",
        "Keep it apart from the license.",
      ],
    }),
  },
  fr: {
    license: ({ name, label, file, link, end, hasPassphrase }) => ({
      subject: `Votre licence pour « ${label} »`,
      lines: [
        name === "" ? "Bonjour," : `Bonjour ${name},`,
        "",
        `1. Branchez la clé « ${label} » et ouvrez USB Video Vault.`,
        `2. Déposez le fichier joint ${file} sur la fenêtre${link === undefined ? "." : ", ou ouvrez le lien ci-dessous."}`,
        hasPassphrase
          ? "3. Saisissez la phrase secrète. Elle arrive dans un autre message."
          : "3. Choisissez une vidéo.",
        "",
        `La licence est valable jusqu'au ${end}.`,
        ...(link === undefined ? [] : ["", link]),
      ],
    }),
    passphrase: ({ name, label, passphrase }) => ({
      subject: `Votre phrase secrète pour « ${label} »`,
      lines: [
        name === "" ? "Bonjour," : `Bonjour ${name},`,
        "",
        `USB Video Vault demande cette phrase secrète à l'ouverture de la clé « ${label} » :`,
        "",
        passphrase,
        "",
        "Conservez-la séparément de la licence.",
      ],
    }),
  },
};

export function licenseMail(language: Language, facts: Facts): MailText {
  return TEXTS[language].license(facts);
}

export function passphraseMail(
  language: Language,
  facts: Pick<Facts, "name" | "label"> & { readonly passphrase: string },
): MailText {
  return TEXTS[language].passphrase(facts);
}

/** `31 March 2027`, `31 mars 2027` (UTC, as everywhere in the publisher's tools). */
export function dayOf(at: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(at * 1_000);
}
