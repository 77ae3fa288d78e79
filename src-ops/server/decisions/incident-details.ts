import type { Translations } from "../../../src-shared/languages.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import { numbersOf } from "../wording/index.ts";
import type { Offer } from "./running-releases.ts";

type IncidentDetails = {
  readonly genuine: (count: number) => string;
  readonly suspected: (count: number) => string;
  readonly implausible: (count: number, names: string) => string;
  readonly scores: (scores: readonly number[], lowest: number) => string;
  readonly answers: (given: number, asked: number) => string;
  readonly haltedAfter: (ring: Ring) => string;
  readonly haltedBy: (name: string, reason: string) => string;
  readonly haltedByCommand: (keys: string, reason: string) => string;
  readonly stillOffered: (offers: readonly Offer[], code: string | undefined) => string;
  /** Who gets a halted build from now on: nobody, or the computers of these rings. */
  readonly reach: (offers: readonly Offer[]) => string;
  readonly unreachable: (place: string, since: string) => string;
  readonly late: (incident: string, what: "evaluated" | "decided", until: string) => string;
  /** What the log has of a halt whose gates pass again, or are not measured any more. */
  readonly haltedByGates: (gates: string) => string;
  readonly passed: string;
};

/** What the incidents say beyond the sentences of the gates. */
export const INCIDENT_DETAILS: Translations<IncidentDetails> = {
  en: {
    genuine: (count) => `${count} refusals of genuine files.`,
    suspected: (count) => `${count} refusals of files that were altered, or older than before.`,
    implausible: (count, names) => `${count === 1 ? "1 computer" : `${count} computers`}: ${names}`,
    scores: (scores, lowest) => `Scores so far: ${scores.join(", ")}; none may be below ${lowest}.`,
    answers: (given, asked) => `${given} of ${asked} pilots have answered.`,
    haltedAfter: (ring) => `The same build was halted in ${ring}.`,
    haltedBy: (name, reason) => `${name} halted it: ${reason}`,
    haltedByCommand: (keys, reason) => `Halted with the key ${keys}: ${reason}`,
    stillOffered: (offers, code) =>
      `Still offered in ${offers.map((one) => offerText(one, "en")).join("; ")}.${code === undefined ? "" : ` The halt cannot be published: ${code}.`}`,
    reach: (offers) =>
      offers.length === 0
        ? "No computer installs it any more."
        : `ATTENTION, still offered in ${offers.map((one) => offerText(one, "en")).join("; ")}.`,
    unreachable: (place, since) => `${place}: not reached since ${since}`,
    late: (incident, what, until) => `${incident} had to be ${what} by ${until}.`,
    haltedByGates: (gates) => `The gates have halted it: ${gates}.`,
    passed: "Every gate has passed: the holders of the ring's keys may promote it.",
  },
  fr: {
    genuine: (count) => `${count} refus de fichiers authentiques.`,
    suspected: (count) => `${count} refus de fichiers modifiés ou plus anciens.`,
    implausible: (count, names) => `${count === 1 ? "1 ordinateur" : `${count} ordinateurs`} : ${names}`,
    scores: (scores, lowest) => `Notes reçues : ${scores.join(", ")} ; aucune ne doit être sous ${lowest}.`,
    answers: (given, asked) => `${given} pilotes sur ${asked} ont répondu.`,
    haltedAfter: (ring) => `La même version a été arrêtée dans ${ring}.`,
    haltedBy: (name, reason) => `${name} l’a arrêtée : ${reason}`,
    haltedByCommand: (keys, reason) => `Arrêtée avec la clé ${keys} : ${reason}`,
    stillOffered: (offers, code) =>
      `Encore proposée dans ${offers.map((one) => offerText(one, "fr")).join(" ; ")}.${code === undefined ? "" : ` L’arrêt ne peut pas être publié : ${code}.`}`,
    reach: (offers) =>
      offers.length === 0
        ? "Plus aucun ordinateur ne l’installe."
        : `ATTENTION, encore proposée dans ${offers.map((one) => offerText(one, "fr")).join(" ; ")}.`,
    unreachable: (place, since) => `${place} : injoignable depuis ${since}`,
    late: (incident, what, until) =>
      `${incident} devait être ${what === "evaluated" ? "évalué" : "tranché"} avant le ${until}.`,
    haltedByGates: (gates) => `Les contrôles l’ont arrêtée : ${gates}.`,
    passed: "Tous les contrôles sont verts : les détenteurs des clés de l’anneau peuvent la promouvoir.",
  },
};

function offerText({ ring, percent, computers }: Offer, language: "en" | "fr"): string {
  const count = numbersOf(language).count(computers);
  const what = language === "fr" ? "ordinateurs" : "computers";
  return `${ring}, ${percent} % (${count} ${what})`;
}
