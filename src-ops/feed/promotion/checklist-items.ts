import type { GateName } from "../../gates/index.ts";

/** The promotions that a checklist is for: into ring1, and to everyone. */
export const CHECKED_RINGS = ["ring1", "ga"] as const;
export type CheckedRing = (typeof CHECKED_RINGS)[number];

/** One thing that has to hold before a build goes further. */
export type ChecklistItem = {
  readonly id: string;
  /** Without evidence for it nothing is promoted. */
  readonly isHard: boolean;
  /** The gates that measure it; empty where people bring the evidence. */
  readonly gates: readonly GateName[];
  readonly en: string;
  readonly fr: string;
};

const measured = (id: string, gates: readonly GateName[], en: string, fr: string): ChecklistItem => ({
  id,
  isHard: true,
  gates,
  en,
  fr,
});
const shown = (id: string, en: string, fr: string): ChecklistItem => ({ id, isHard: true, gates: [], en, fr });
const wished = (id: string, en: string, fr: string): ChecklistItem => ({ id, isHard: false, gates: [], en, fr });

/** at most 30 items each, and every one of them with evidence instead of a tick. */
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
      "The computers of ring0 run it and report",
      "Les ordinateurs de ring0 l’utilisent et le disent",
    ),
    shown("automated-tests", "Every automated test passed on these bytes", "Tous les tests automatiques ont réussi"),
    shown(
      "license-workflow",
      "A license was asked for, issued, renewed and revoked with this version",
      "Une licence a été demandée, émise, renouvelée et révoquée avec cette version",
    ),
    shown("team-validation", "The team has tried it and agrees", "L’équipe l’a essayée et donne son accord"),
    shown("docs-updated", "The documents say what the version does", "La documentation décrit cette version"),
    shown(
      "support-ready",
      "Support knows what is new and whom to call",
      "Le support sait ce qui change et qui appeler",
    ),
    shown("rollback-rehearsed", "Going back from it was rehearsed", "Le retour en arrière a été répété"),
    wished("pilots-told", "The pilots know when it comes", "Les pilotes savent quand elle arrive"),
    wished("release-notes", "Release notes in French and English", "Notes de version en français et en anglais"),
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
      "Licenses are checked quickly and none is refused wrongly",
      "Les licences sont contrôlées vite et aucune n’est refusée à tort",
    ),
    measured(
      "feedback",
      ["feedback"],
      "The pilots give it 8 of 10 or more",
      "Les pilotes lui donnent au moins 8 sur 10",
    ),
    measured("tickets", ["tickets"], "Few tickets, each closed in time", "Peu de tickets, tous fermés à temps"),
    measured("adoption", ["adoption"], "The pilots use what it is for", "Les pilotes s’en servent vraiment"),
    measured(
      "everybody-heard",
      ["reporting", "funnel", "starts", "memory"],
      "The pilots' computers run it, report, and are fast enough",
      "Les ordinateurs des pilotes l’utilisent, le disent et restent rapides",
    ),
    shown("automated-tests", "Every automated test passed on these bytes", "Tous les tests automatiques ont réussi"),
    shown("license-process", "Whoever issues licenses masters the process", "L’émission des licences est maîtrisée"),
    shown(
      "support-validated",
      "Support has answered real tickets in time",
      "Le support a répondu à temps à de vrais tickets",
    ),
    shown("communication", "The announcement is written and has a sender", "L’annonce est écrite et a un expéditeur"),
    shown("docs-updated", "The documents for users say what it does", "La documentation des utilisateurs la décrit"),
    shown(
      "migration",
      "Coming from the version before was tried on a used computer",
      "Le passage depuis la version précédente a été essayé sur un poste déjà utilisé",
    ),
    shown("rollback-rehearsed", "Going back from it was rehearsed", "Le retour en arrière a été répété"),
    wished("platforms", "Tried on every platform that a package is for", "Essayée sur chaque système livré"),
    wished("extended-support", "Support has longer hours in the first week", "Support étendu la première semaine"),
  ],
};

export function itemOf(ring: CheckedRing, id: string): ChecklistItem | undefined {
  return CHECKLISTS[ring].find((item) => item.id === id);
}
