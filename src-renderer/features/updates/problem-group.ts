import type { UpdateProblem } from "../../../src-shared/updates/index.ts";
import type { Messages } from "../../i18n/index.ts";

/** Groups the codes: users see one of a few messages, the code itself is for support. */
export type ProblemGroup = keyof Messages["updates"]["problems"];

export function groupOf(code: UpdateProblem): ProblemGroup {
  switch (code) {
    case "UNREACHABLE":
    case "NOT_FOUND":
    case "TOO_LARGE":
    case "TOO_SLOW":
    case "REDIRECTED":
    case "UNSAFE_PATH":
    case "CANCELLED":
      return "offline";
    case "SIGN_IN_NEEDED":
      return "signIn";
    case "CERTIFICATE_REFUSED":
      return "intercepted";
    case "PROXY_LOGIN":
      return "proxy";
    case "CERTIFICATE_EXPIRED":
    case "EXPIRED":
    case "CLOCK_NOT_HONOURED":
      return "stale";
    case "NO_ANCHOR":
    case "SIGNATURE_INVALID":
    case "UNSOUND_KEYS":
    case "MISMATCH":
    case "MALFORMED":
    case "WRONG_RING":
      return "distrusted";
    case "ROLLED_BACK":
    case "METADATA_REPLAYED":
    case "SECURITY_REPLAYED":
    case "RELEASE_REPLAYED":
    case "HALT_REPLAYED":
      return "older";
    case "OLDER_COPY":
      return "olderCopy";
    case "STORE_LOCKED":
    case "STORE_NONE":
    case "STATE_LOST":
      return "memory";
    case "STATE_NOT_WRITTEN":
    case "NOT_WRITTEN":
      return "disk";
    case "DISK_FULL":
      return "full";
    case "INSTALLER_BUSY":
      return "busy";
    case "NOT_INSTALLED":
      return "install";
  }
}
