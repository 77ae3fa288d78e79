import { Metadata, type TargetFile, type Targets } from "@tufjs/models";
import { utf8 } from "../../src-shared/encoding/text.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import { type Validation, validationPath } from "../gates/index.ts";
import { kindOfRole } from "./change-kind.ts";
import type { Draft } from "./draft.ts";
import type { Feed } from "./load-feed.ts";
import { nextTargets, targetOf, type TargetChanges } from "./metadata.ts";
import type { TargetsRole } from "./roles.ts";
import { type Release, releasePath } from "../../src-shared/updates/index.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";

/** The documents of a change, by role and target path; `undefined` removes a document. */
export type Documents = ReadonlyMap<TargetsRole, ReadonlyMap<string, NewDocument | undefined>>;
export type NewDocument = {
  readonly content: Uint8Array;
  readonly custom?: NonNullable<Parameters<typeof targetOf>[2]>;
};

export function jsonDocument(value: object): NewDocument {
  return { content: utf8(JSON.stringify(value)) };
}

/** The draft that changes only these documents. */
export function draftOf(feed: Feed, summary: string, documents: Documents, now: UnixSeconds): Draft {
  const roles = new Map<TargetsRole, Metadata<Targets>>();
  const contents = new Map<string, Uint8Array>();
  for (const [role, byPath] of documents) {
    const targets: TargetChanges = new Map(
      Array.from(byPath, ([path, document]) => [path, document && targetFor(path, document)]),
    );
    roles.set(role, new Metadata(nextTargets(role, feed.roles.get(role)?.signed, now, { targets })));
    for (const [path, document] of byPath) if (document) contents.set(path, document.content);
  }
  const [role] = documents.keys();
  if (role === undefined) throw new TypeError("a change without documents");
  return { kind: kindOfRole(role), summary, root: undefined, roles, documents: contents };
}

/** The documents that a ring's keys sign when its release changes. */
export function releaseDocuments(feed: Feed, release: Release, validation?: Validation): Documents {
  const { offered } = feed.documents.rings[release.ring];
  const all = offered.includes(release.build) ? offered : [...offered, release.build];
  const own = new Map<string, NewDocument>([
    [releasePath(release.ring), { ...jsonDocument(release), custom: { offered: [...all] } }],
  ]);
  const documents = new Map<TargetsRole, Map<string, NewDocument>>([[release.ring, own]]);
  if (validation) {
    const gate = documents.get(validation.ring) ?? new Map<string, NewDocument>();
    documents.set(validation.ring, gate.set(validationPath(validation.ring), jsonDocument(validation)));
  }
  return documents;
}

/** The first members of every new document of a ring, and the halts that it has lifted. */
export function releaseHeader(feed: Feed, ring: Ring, now: UnixSeconds) {
  const old = feed.documents.rings[ring].release;
  const resumed = old?.resumed ? { resumed: old.resumed } : {};
  return { v: 1 as const, ring, seq: (old?.seq ?? 0) + 1, issued: now, ...resumed };
}

function targetFor(path: string, { content, custom }: NewDocument): TargetFile {
  return targetOf(path, content, custom);
}
