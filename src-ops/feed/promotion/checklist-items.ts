import type { GateName } from "../../gates/index.ts";
import type { Translations } from "../../../src-shared/languages.ts";

/** The rings whose promotions need a checklist: ring1 and ga. */
export const CHECKED_RINGS = ["ring1", "ga"] as const;
export type CheckedRing = (typeof CHECKED_RINGS)[number];

/** One condition for the promotion of a build. */
export type ChecklistItem = {
  readonly id: string;
  /** Whether a promotion is refused without evidence for it. */
  readonly isRequired: boolean;
  /** The gates that measure it; empty if people provide the evidence. */
  readonly gates: readonly GateName[];
  /** What has to hold, in one sentence. */
  readonly texts: Translations<string>;
};

const measured = (id: string, gates: readonly GateName[], texts: Translations<string>): ChecklistItem => ({
  id,
  isRequired: true,
  gates,
  texts,
});
const provided = (id: string, texts: Translations<string>): ChecklistItem => ({
  id,
  isRequired: true,
  gates: [],
  texts,
});
const optional = (id: string, texts: Translations<string>): ChecklistItem => ({
  id,
  isRequired: false,
  gates: [],
  texts,
});

/** at most 30 items each, and every item needs evidence instead of a tick. */
export const CHECKLISTS: Readonly<Record<CheckedRing, readonly ChecklistItem[]>> = {
  ring1: [
    measured("no-critical-fault", ["time", "crashes", "sequential", "surge", "errors"], {
      en: "48 h in ring0 without a critical fault",
      fr: "48 h dans ring0 sans défaut critique",
    }),
    measured("security-clean", ["security"], {
      en: "No genuine file refused for its signature or as too old",
      fr: "Aucun fichier authentique refusé pour sa signature ou son ancienneté",
    }),
    measured("performance", ["starts", "verdicts", "memory", "uptime", "availability"], {
      en: "Start, license check, memory and availability are within their limits",
      fr: "Démarrage, contrôle de licence, mémoire et disponibilité dans leurs limites",
    }),
    measured("everybody-heard", ["reporting", "funnel"], {
      en: "The computers of ring0 run the version and report",
      fr: "Les ordinateurs de ring0 l’utilisent et le disent",
    }),
    provided("automated-tests", {
      en: "Every automated test passed on this build",
      fr: "Tous les tests automatiques ont réussi",
    }),
    provided("license-workflow", {
      en: "A license was requested, issued, renewed and revoked with this version",
      fr: "Une licence a été demandée, émise, renouvelée et révoquée avec cette version",
    }),
    provided("team-validation", {
      en: "The team has tested the version and approves it",
      fr: "L’équipe l’a essayée et donne son accord",
    }),
    provided("docs-updated", {
      en: "The documentation describes this version",
      fr: "La documentation décrit cette version",
    }),
    provided("support-ready", {
      en: "Support knows what is new and whom to call",
      fr: "Le support sait ce qui change et qui appeler",
    }),
    provided("rollback-rehearsed", { en: "Going back from it was rehearsed", fr: "Le retour en arrière a été répété" }),
    optional("pilots-told", { en: "The pilots know when it comes", fr: "Les pilotes savent quand elle arrive" }),
    optional("release-notes", {
      en: "Release notes in French and English",
      fr: "Notes de version en français et en anglais",
    }),
  ],
  ga: [
    measured("no-blocking-fault", ["time", "crashes", "sequential", "surge", "errors", "uptime", "availability"], {
      en: "A week in ring1 without a blocking fault",
      fr: "Une semaine dans ring1 sans défaut bloquant",
    }),
    measured("license-stability", ["security", "verdicts"], {
      en: "Licenses are checked quickly and none is refused wrongly",
      fr: "Les licences sont contrôlées vite et aucune n’est refusée à tort",
    }),
    measured("feedback", ["feedback"], {
      en: "The pilots give it 8 of 10 or more",
      fr: "Les pilotes lui donnent au moins 8 sur 10",
    }),
    measured("tickets", ["tickets"], {
      en: "Few tickets, each closed in time",
      fr: "Peu de tickets, tous fermés à temps",
    }),
    measured("adoption", ["adoption"], {
      en: "The pilots use what it is for",
      fr: "Les pilotes s’en servent vraiment",
    }),
    measured("everybody-heard", ["reporting", "funnel", "starts", "memory"], {
      en: "The pilots' computers run it, report, and are fast enough",
      fr: "Les ordinateurs des pilotes l’utilisent, le disent et restent rapides",
    }),
    provided("automated-tests", {
      en: "Every automated test passed on this build",
      fr: "Tous les tests automatiques ont réussi",
    }),
    provided("license-process", {
      en: "Whoever issues licenses masters the process",
      fr: "L’émission des licences est maîtrisée",
    }),
    provided("support-validated", {
      en: "Support has answered real tickets in time",
      fr: "Le support a répondu à temps à de vrais tickets",
    }),
    provided("communication", {
      en: "The announcement is written and has a sender",
      fr: "L’annonce est écrite et a un expéditeur",
    }),
    provided("docs-updated", {
      en: "The documents for users say what it does",
      fr: "La documentation des utilisateurs la décrit",
    }),
    provided("migration", {
      en: "Coming from the version before was tried on a used computer",
      fr: "Le passage depuis la version précédente a été essayé sur un poste déjà utilisé",
    }),
    provided("rollback-rehearsed", { en: "Going back from it was rehearsed", fr: "Le retour en arrière a été répété" }),
    optional("platforms", {
      en: "Tried on every platform that a package is for",
      fr: "Essayée sur chaque système livré",
    }),
    optional("extended-support", {
      en: "Support has longer hours in the first week",
      fr: "Support étendu la première semaine",
    }),
  ],
};

export function itemOf(ring: CheckedRing, id: string): ChecklistItem | undefined {
  return CHECKLISTS[ring].find((item) => item.id === id);
}
