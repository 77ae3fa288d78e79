import { isUnprotected } from "../../src-shared/protection.ts";
import { ok } from "../../src-shared/result.ts";
import type { Attempt } from "../failure.ts";
import { formatBytes } from "../formatting.ts";
import type { Job } from "../job.ts";
import { type Changed, viewVideo } from "../packing/index.ts";
import type { Outcome } from "./host.ts";
import { describeProtection } from "./describe-protection.ts";
import { linesBySection } from "./lines-by-section.ts";
import { DEVELOPMENT_NOTE } from "./options.ts";

/** What a stick has after a change. */
export function describeChange(job: Job, changed: Attempt<Changed>): Attempt<Outcome> {
  if (!changed.ok) return changed;
  const { session, gen, protection, sections, videos, added, reusedBytes, refused = [] } = changed.value;
  const { vaultId, stickId, label, signer } = session;
  if (signer.dev) job.note(DEVELOPMENT_NOTE);
  const views = videos.map(viewVideo);
  const facts = { vaultId, stickId, gen, label, protection, sections };
  return ok({
    json: { ...facts, videos: views, added, reusedBytes, developmentKeys: signer.dev, refused },
    lines: [
      `${label}: ${videos.length} videos, generation ${gen}, stick ${stickId}, read back and signed.`,
      ...(isUnprotected(protection) ? [] : [`Protection: ${describeProtection(protection)}`]),
      ...linesBySection(
        sections,
        views,
        (video) => `${video.id}  ${formatBytes(video.bytes).padStart(8)}  ${video.title}`,
      ),
      ...(reusedBytes > 0 ? [`${formatBytes(reusedBytes)} were already there from an interrupted run.`] : []),
    ],
  });
}
