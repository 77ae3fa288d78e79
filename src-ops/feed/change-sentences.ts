import { RINGS } from "../../src-shared/license/index.ts";
import { KEYS_PATH, REVOCATIONS_PATH } from "../../src-shared/updates/index.ts";
import { validationPath } from "../gates/index.ts";
import type { ChangeDifference } from "./change-difference.ts";
import type { Signer } from "./signers.ts";

/** What a change does, in sentences. They say nothing of the summary in its file, which anybody may have written. */
export function changeSentences(difference: ChangeDifference, signers: readonly Signer[]): readonly string[] {
  const { keys, builds, files, rings, halts, security, documents, roles, kind } = difference;
  const paths = documents.map(({ path }) => path);
  const sentences = [
    ...keys.flatMap(({ role, removed }) =>
      removed.map((keyid) => `${ownerOf(keyid, signers)} gets a new ${role} key.`),
    ),
    ...builds.map((build) => `The feed gets build ${build} with ${countFiles(files, build)}.`),
    ...rings.flatMap(ringSentences),
    ...RINGS.filter((ring) => paths.includes(validationPath(ring))).map((ring) => {
      return `${ring}'s keys sign that a build has passed there.`;
    }),
    ...halts.map(({ ring, build, reason }) => `Build ${build} is stopped in ${ring}${because(reason)}.`),
    ...(security ? securitySentences(security) : []),
    ...(paths.includes(REVOCATIONS_PATH) ? ["The feed gets a new list of revoked licenses."] : []),
    ...(paths.includes(KEYS_PATH) ? ["The feed gets a new list of the publisher's keys."] : []),
  ];
  if (kind !== "refresh") return sentences;
  return [`It only renews the dates of ${roles.map(({ role }) => role).join(", ") || "snapshot, timestamp"}.`];
}

function ringSentences(change: ChangeDifference["rings"][number]): readonly string[] {
  const { ring, before, after, flags, reason } = change;
  if (!after) return [];
  const turned = Object.entries(flags).map(
    ([name, on]) => `The flag ${name} of ${ring} is turned ${on ? "on" : "off"}.`,
  );
  // A resume says so in its own sentence.
  const others = change.lifted.filter((build) => after.kind !== "resume" || build !== after.build);
  const lifted = others.map((build) => `The halt of build ${build} in ${ring} is lifted.`);
  const share = `for ${after.basisPoints / 100} % of its computers`;
  const isSameBuild = before?.build === after.build;
  const isSame = isSameBuild && before.kind === after.kind && before.basisPoints === after.basisPoints;
  const was = before ? `instead of ${before.build} for ${before.basisPoints / 100} %` : "as its first build";
  const run =
    after.kind === "rollback" && before?.kind !== "rollback"
      ? `${ring} goes back to build ${after.build}, from ${before?.build ?? "nothing"}`
      : after.kind === "resume" && before?.kind !== "resume"
        ? `${ring} goes on with build ${after.build} ${share}: its halt is lifted`
        : isSame
          ? `${ring} keeps build ${after.build} ${share}`
          : isSameBuild
            ? `${ring} gets build ${after.build} ${share}, instead of ${before.basisPoints / 100} %`
            : `${ring} gets build ${after.build} ${share}, ${was}`;
  return [`${run}${because(reason)}.`, ...lifted, ...turned];
}

function securitySentences({ buildFloor, revoked }: NonNullable<ChangeDifference["security"]>): readonly string[] {
  return [
    `No app installs a build with an epoch below ${buildFloor} any more, for ever.`,
    ...revoked.map((build) => `No app installs build ${build} any more, for ever.`),
  ];
}

function countFiles(files: ChangeDifference["files"], build: string): string {
  const count = files.filter(({ path }) => path.startsWith(`builds/${build}/`)).length;
  return count === 1 ? "1 file" : `${count} files`;
}

function ownerOf(keyid: string, signers: readonly Signer[]): string {
  const owner = signers.find(({ keys }) => keys.some((key) => key.keyid === keyid));
  return owner?.name ?? `The owner of key ${keyid.slice(0, 8)}`;
}

function because(reason: string): string {
  return reason === "" ? "" : ` ("${reason}")`;
}
