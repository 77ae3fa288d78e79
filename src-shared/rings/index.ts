export { NO_RING_TARGETS, parseRingTargets, type RingTargets, withValidated } from "./ring-targets.ts";
export {
  MAX_VERDICT_BYTES,
  parseValidation,
  parseVerdict,
  type Validation,
  validationPath,
  type Verdict,
} from "./verdict.ts";
