import type { IncidentRecord } from "../store/index.ts";
import { OF_THE_SERVER } from "../alerts/index.ts";
import type { Language, Translations } from "../../../src-shared/languages.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import type { Assessment } from "./assess.ts";
import type { Incident } from "./incidents.ts";

/** A file whose new content could not be used. `members`: what is wrong in it. */
export type RefusedFile = {
  readonly setting: "alerts" | "metrics-token" | "ticket-token";
  readonly file: string;
  readonly members: readonly string[];
};

/** Something that ends soon: the metadata of a role of the feed, or the enrolments of so many computers. */
export type Expiry =
  | { readonly kind: "role"; readonly role: string; readonly until: UnixSeconds }
  | { readonly kind: "enrolments"; readonly count: number; readonly until: UnixSeconds };

export type ServiceProblems = { readonly refused: readonly RefusedFile[]; readonly expiring: readonly Expiry[] };

export const NO_PROBLEMS: ServiceProblems = { refused: [], expiring: [] };

type Texts = {
  readonly refused: (file: string, members: string) => string;
  readonly role: (role: string, until: string) => string;
  readonly enrolments: (count: number, until: string) => string;
};

const TEXTS: Translations<Texts> = {
  en: {
    refused: (file, members) => (members === "" ? `${file} cannot be used.` : `${file}: wrong are ${members}.`),
    role: (role, until) => `The signatures of ${role} end at ${until}.`,
    enrolments: (count, until) =>
      `The enrolments of ${count === 1 ? "1 computer" : `${count} computers`} end soon, the first at ${until}.`,
  },
  fr: {
    refused: (file, members) => (members === "" ? `${file} est inutilisable.` : `${file} : fautifs : ${members}.`),
    role: (role, until) => `Les signatures de ${role} se terminent le ${until}.`,
    enrolments: (count, until) =>
      `${count === 1 ? "L’inscription de 1 ordinateur se termine" : `Les inscriptions de ${count} ordinateurs se terminent`} bientôt, la première le ${until}.`,
  },
};

/** The incidents that concern the server itself. They belong to no ring: they name the first one, and its version. */
export function serviceIncidents(
  { refused, expiring }: ServiceProblems,
  rings: readonly Pick<Assessment, "ring" | "version">[],
  language: Language,
): readonly Incident[] {
  const texts = TEXTS[language];
  const { ring = "ring0", version = "" } = rings[0] ?? {};
  const files = refused.map(({ setting, file, members }): Incident => {
    const detail = texts.refused(file, members.join(", "));
    return { id: `configuration_refused-${setting}`, kind: "configuration_refused", ring, version, detail };
  });
  const ends = expiring.map((expiry): Incident => {
    const until = new Date(expiry.until * 1_000).toISOString();
    const [name, detail] =
      expiry.kind === "role"
        ? [expiry.role, texts.role(expiry.role, until)]
        : ["enrolments", texts.enrolments(expiry.count, until)];
    return { id: `expiring-${name}-${expiry.until}`, kind: "expiring", ring, version, detail };
  });
  return [...files, ...ends];
}

/** The open incidents that no evaluation of a ring finds. */
export function storedServiceIncidents(open: readonly IncidentRecord[]): readonly Incident[] {
  return open
    .filter(({ kind }) => OF_THE_SERVER.includes(kind))
    .map(({ id, kind, ring, version, detail }) => ({ id, kind, ring, version, detail }));
}
