import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { ID_LENGTH, idFromRandom } from "../../src-shared/ids.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { readForeignFile, writeForeignFile } from "../../src-shared/node/foreign-files.ts";
import { listGenerations } from "../../src-shared/node/vault-reader.ts";
import { sweepAfterCommit, sweepData } from "../../src-shared/node/vault-sweep.ts";
import { ok } from "../../src-shared/result.ts";
import { type Bytes, KIB, type UnixSeconds } from "../../src-shared/units.ts";
import { REVOCATIONS_FILE, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { createHasher, createReadBack } from "./hashing/index.ts";
import type { Publisher } from "../keys/index.ts";
import { commitGeneration } from "./commit.ts";
import { createMeter } from "./meter.ts";
import { requireStick, withLockedStick } from "./locked-stick.ts";
import { newMarkKey, openSession, type Session, writeVaultFolder } from "./session.ts";
import { removeUncommitted } from "./sweep.ts";
import { requireSpace } from "./free-space.ts";
import { exists, isInside } from "../paths.ts";
import type { Job } from "../job.ts";
import { copyFile } from "./copy-file.ts";

export type CopiedStick = {
  readonly vaultId: string;
  readonly stickId: string;
  readonly from: string;
  readonly gen: number;
  readonly label: string;
  readonly files: number;
  readonly bytes: Bytes;
  readonly developmentKeys: boolean;
};

export type CopyRequest = {
  readonly from: string;
  readonly to: string;
  /** What viewers see of the copy; by default the label of `from`. */
  readonly label?: string | undefined;
};

/** A stick that is made again has another id, and opens with none of its sold licenses. */
const KEEP_THE_STICK = "To bring it to the content of another, use `vaultctl stick sync`: its licenses stay valid.";

/**
 * Copies a vault to another stick, with its own signed stick id, so that a license for one stick does not open another.
 */
export async function copyStick(
  request: CopyRequest & { readonly keys: string },
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<CopiedStick>> {
  const stick = await requireStick(request.from);
  if (!stick.ok) return stick;
  if ((await isInside(request.to, request.from)) || (await isInside(request.from, request.to))) {
    return fail("NOT_A_STICK", `${request.from} and ${request.to} are inside each other: name two different sticks.`);
  }
  return withLockedStick({ stick: request.to, keys: request.keys }, (publisher) =>
    copyLocked(publisher, request, job, now),
  );
}

async function copyLocked(
  publisher: Publisher,
  { from, to, label: ownLabel }: CopyRequest,
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<CopiedStick>> {
  if ((await listGenerations(to)).length > 0) {
    return fail("VAULT_EXISTS", `${to} already has a vault: use an empty stick. ${KEEP_THE_STICK}`);
  }
  const source = await openSession(publisher, from);
  if (!source.ok) return source;
  await sweepData(to, new Set());
  const bytes = source.value.files.flatMap(({ parts }) => parts).reduce((sum, { size }) => sum + size, 0);
  const space = await requireSpace(to, bytes + source.value.files.length * 64 * KIB);
  if (!space.ok) return space;
  const stickId = idFromRandom(randomBytes(ID_LENGTH));
  const target: Session = {
    ...source.value,
    root: to,
    label: ownLabel ?? source.value.label,
    stickId,
    markKey: newMarkKey(),
    gen: 0,
    nextGen: 1,
    pending: undefined,
  };
  const written = await orRemove(to, () => write(source.value, target, bytes, job, now));
  if (!written.ok) return written;
  await copyRevocations(from, to);
  await sweepAfterCommit(to, target.nextGen, new Set(target.files.map(({ id }) => id)));
  const { vaultId, label, files, signer, nextGen: gen } = target;
  return ok({
    vaultId,
    stickId,
    from: source.value.stickId,
    gen,
    label,
    files: files.length,
    bytes,
    developmentKeys: signer.dev,
  });
}

async function write(
  from: Session,
  to: Session,
  bytes: Bytes,
  job: Job,
  now: UnixSeconds,
): Promise<Attempt<undefined>> {
  await writeVaultFolder(to.root, to.vaultId, to.stickId);
  const [readBack, hasher] = [createReadBack(), createHasher()];
  const tools = { readBack, hasher, meter: createMeter(job.progress, bytes), signal: job.signal };
  try {
    for (const file of from.files) {
      const copied = await copyFile(from.root, to.root, file, tools);
      if (!copied.ok) return copied;
    }
  } finally {
    await Promise.all([readBack.close(), hasher.close()]);
  }
  return commitGeneration(to, from, now);
}

// The revocation list is signed and not bound to a stick. Licenses are not copied: each is bound to one stick.
async function copyRevocations(from: string, to: string): Promise<void> {
  // If the publisher has a newest list, the commit has already written it.
  if (await exists(join(to, VAULT_FOLDER, REVOCATIONS_FILE))) return;
  const list = await readForeignFile(from, [VAULT_FOLDER, REVOCATIONS_FILE], MAX_ARMORED_CHARS);
  if (list) await writeForeignFile(to, [VAULT_FOLDER, REVOCATIONS_FILE], list);
}

async function orRemove<T>(root: string, work: () => Promise<Attempt<T>>): Promise<Attempt<T>> {
  let done = false;
  try {
    const attempt = await work();
    done = attempt.ok;
    return attempt;
  } finally {
    if (!done) await Promise.allSettled([removeUncommitted(root)]);
  }
}
