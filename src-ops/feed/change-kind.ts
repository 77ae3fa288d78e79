import type { TargetsRole } from "./roles.ts";

/** What a change of a feed is for. A change must contain nothing else (`judge-scope.ts`). */
export const CHANGE_KINDS = ["ring", "builds", "halt", "lists", "security", "keys", "refresh"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

const KIND_OF_ROLE: Readonly<Record<TargetsRole, ChangeKind>> = {
  targets: "security",
  builds: "builds",
  ring0: "ring",
  ring1: "ring",
  ga: "ring",
  halt: "halt",
  lists: "lists",
};

/** The kind of a change that only changes the documents of a role. */
export function kindOfRole(role: TargetsRole): ChangeKind {
  return KIND_OF_ROLE[role];
}
