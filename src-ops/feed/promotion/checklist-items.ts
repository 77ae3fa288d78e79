import type { GateName } from "../../gates/index.ts";

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
  readonly en: string;
  readonly fr: string;
};

const measured = (id: string, gates: readonly GateName[], en: string, fr: string): ChecklistItem => ({
  id,
  isRequired: true,
  gates,
  en,
  fr,
});
const provided = (id: string, en: string, fr: string): ChecklistItem => ({ id, isRequired: true, gates: [], en, fr });
const optional = (id: string, en: string, fr: string): ChecklistItem => ({ id, isRequired: false, gates: [], en, fr });

/** at most 30 items each, and every item needs evidence instead of a tick. */
export const CHECKLISTS: Readonly<Record<CheckedRing, readonly ChecklistItem[]>> = {
  ring1: [
    measured(
      "no-critical-fault",
      ["time", "crashes", "sequential", "surge", "errors"],
      "48 h in ring0 without a critical fault",
      "48 h dans ring0 sans défaut critique",
    ),
    measured(
      "security-clean",
      ["security"],
      "No genuine file refused for its signature or as too old",
      "Aucun fichier authentique refusé pour sa signature ou son ancienneté",
    ),
    measured(
      "performance",
      ["starts", "verdicts", "memory", "uptime", "availability"],
      "Start, license check, memory and availability are within their limits",
      "Démarrage, contrôle de licence, mémoire et disponibilité dans leurs limites",
    ),
    measured(
      "everybody-heard",
      ["reporting", "funnel"],
      "The computers of ring0 run the version and report",
      "Les ordinateurs de ring0 l’utilisent et le disent",
    ),
    provided("automated-tests", "Every automated test passed on this build", "Tous les tests automatiques ont réussi"),
    provided(
      "license-workflow",
      "A license was requested, issued, renewed and revoked with this version",
      "Une licence a été demandée, émise, renouvelée et révoquée avec cette version",
    ),
    provided(
      "team-validation",
      "The team has tested the version and approves it",
      "L’équipe l’a essayée et donne son accord",
    ),
    provided("docs-updated", "The documentation describes this version", "La documentation décrit cette version"),
    provided(
      "support-ready",
      "Support knows the changes and whom to call",
      "Le support sait ce qui change et qui appeler",
    ),
    provided("rollback-rehearsed", "The rollback from this version was rehearsed", "Le retour en arrière a été répété"),
    optional("pilots-told", "The pilots know when the version arrives", "Les pilotes savent quand elle arrive"),
    optional("release-notes", "Release notes in French and English", "Notes de version en français et en anglais"),
  ],
  ga: [
    measured(
      "no-blocking-fault",
      ["time", "crashes", "sequential", "surge", "errors", "uptime", "availability"],
      "A week in ring1 without a blocking fault",
      "Une semaine dans ring1 sans défaut bloquant",
    ),
    measured(
      "license-stability",
      ["security", "verdicts"],
      "License checks are fast, and no license is refused wrongly",
      "Les licences sont contrôlées vite et aucune n’est refusée à tort",
    ),
    measured(
      "feedback",
      ["feedback"],
      "The pilots rate the version 8 of 10 or higher",
      "Les pilotes lui donnent au moins 8 sur 10",
    ),
    measured("tickets", ["tickets"], "Few tickets, each closed in time", "Peu de tickets, tous fermés à temps"),
    measured("adoption", ["adoption"], "The pilots use the main features", "Les pilotes s’en servent vraiment"),
    measured(
      "everybody-heard",
      ["reporting", "funnel", "starts", "memory"],
      "The pilots' computers run the version, report, and are fast enough",
      "Les ordinateurs des pilotes l’utilisent, le disent et restent rapides",
    ),
    provided("automated-tests", "Every automated test passed on this build", "Tous les tests automatiques ont réussi"),
    provided(
      "license-process",
      "The people who issue licenses know the process well",
      "L’émission des licences est maîtrisée",
    ),
    provided(
      "support-validated",
      "Support has answered real tickets in time",
      "Le support a répondu à temps à de vrais tickets",
    ),
    provided(
      "communication",
      "The announcement is written, and its sender is decided",
      "L’annonce est écrite et a un expéditeur",
    ),
    provided(
      "docs-updated",
      "The user documentation describes this version",
      "La documentation des utilisateurs la décrit",
    ),
    provided(
      "migration",
      "The update from the previous version was tested on a computer in use",
      "Le passage depuis la version précédente a été essayé sur un poste déjà utilisé",
    ),
    provided("rollback-rehearsed", "The rollback from this version was rehearsed", "Le retour en arrière a été répété"),
    optional("platforms", "Tested on every platform that has a package", "Essayée sur chaque système livré"),
    optional("extended-support", "Support has longer hours in the first week", "Support étendu la première semaine"),
  ],
};

export function itemOf(ring: CheckedRing, id: string): ChecklistItem | undefined {
  return CHECKLISTS[ring].find((item) => item.id === id);
}
