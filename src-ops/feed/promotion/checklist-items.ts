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
    measured(
      "no-critical-fault",
      [
        "time",
        "crashes",
        "crashrate",
        "sequential",
        "surge",
        "errors",
        "errorchange",
        "crashchange",
        "outliers",
        "classes",
      ],
      {
        en: "48 h in ring0 without a critical fault",
        fr: "48 h dans ring0 sans défaut critique",
      },
    ),
    measured("security-clean", ["security"], {
      en: "No genuine file refused for its signature or as too old",
      fr: "Aucun fichier authentique refusé pour sa signature ou son ancienneté",
    }),
    measured(
      "performance",
      ["starts", "startchange", "verdicts", "verdictchange", "memory", "memorychange", "uptime", "availability"],
      {
        en: "Start, license check, memory and availability are within their limits",
        fr: "Démarrage, contrôle de licence, mémoire et disponibilité dans leurs limites",
      },
    ),
    measured("everybody-heard", ["reporting", "funnel", "unheard", "exposure"], {
      en: "The computers of ring0 run the version and report",
      fr: "Les ordinateurs de ring0 utilisent la version et envoient leurs rapports",
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
      fr: "L’équipe a essayé la version et donne son accord",
    }),
    provided("docs-updated", {
      en: "The documentation describes this version",
      fr: "La documentation décrit cette version",
    }),
    provided("support-ready", {
      en: "Support knows the changes and the contacts for questions",
      fr: "Le support connaît les changements et les contacts",
    }),
    provided("rollback-rehearsed", { en: "The rollback was rehearsed", fr: "Le retour en arrière a été répété" }),
    optional("pilots-told", {
      en: "The pilots know the release date",
      fr: "Les pilotes connaissent la date de sortie",
    }),
    optional("release-notes", {
      en: "Release notes in French and English",
      fr: "Notes de version en français et en anglais",
    }),
  ],
  ga: [
    measured(
      "no-blocking-fault",
      [
        "time",
        "crashes",
        "crashrate",
        "sequential",
        "surge",
        "errors",
        "ownerrors",
        "errorchange",
        "crashchange",
        "outliers",
        "classes",
        "uptime",
        "availability",
      ],
      {
        en: "A week in ring1 without a blocking fault",
        fr: "Une semaine dans ring1 sans défaut bloquant",
      },
    ),
    measured("license-stability", ["security", "verdicts", "verdictchange"], {
      en: "Licenses are checked quickly and none is refused wrongly",
      fr: "Les licences sont contrôlées vite et aucune n’est refusée à tort",
    }),
    measured("feedback", ["feedback"], {
      en: "The pilots rate the version 8 of 10 or higher",
      fr: "Les pilotes notent la version au moins 8 sur 10",
    }),
    measured("tickets", ["tickets"], {
      en: "Few tickets, each closed in time",
      fr: "Peu de tickets, tous fermés à temps",
    }),
    measured("adoption", ["adoption"], {
      en: "The pilots use the main features",
      fr: "Les pilotes utilisent les fonctions principales",
    }),
    measured(
      "everybody-heard",
      ["reporting", "funnel", "unheard", "exposure", "starts", "startchange", "memory", "memorychange"],
      {
        en: "The pilots' computers run the version, report, and are fast enough",
        fr: "Les ordinateurs des pilotes utilisent la version, envoient leurs rapports et restent rapides",
      },
    ),
    provided("automated-tests", {
      en: "Every automated test passed on this build",
      fr: "Tous les tests automatiques ont réussi",
    }),
    provided("license-process", {
      en: "The people who issue licenses know the process",
      fr: "Les personnes qui émettent les licences connaissent la procédure",
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
      en: "The user documentation describes this version",
      fr: "La documentation des utilisateurs décrit cette version",
    }),
    provided("migration", {
      en: "The update from the previous version was tested on a computer in use",
      fr: "Le passage depuis la version précédente a été essayé sur un poste déjà utilisé",
    }),
    provided("rollback-rehearsed", { en: "The rollback was rehearsed", fr: "Le retour en arrière a été répété" }),
    optional("platforms", {
      en: "Tested on every platform that has a package",
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
