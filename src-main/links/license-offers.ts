import { textOfFile } from "../../src-shared/encoding/text.ts";
import type { CallCode, CallOutput, LicenseOffer } from "../../src-shared/ipc/index.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { parseLicenseLink, verifyLicense } from "../../src-shared/license/index.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { err, type Result } from "../../src-shared/result.ts";
import { type DeviceKey, factsOf } from "../license/index.ts";
import type { Incoming as AnyIncoming } from "./incoming.ts";

/** A content pack is not a license. */
type Incoming = Exclude<AnyIncoming, { readonly kind: "pack" }>;

export type LicenseOffersPorts = {
  readonly roots: () => Promise<TrustRoots>;
  readonly deviceKey: () => Promise<Result<DeviceKey | null, unknown>>;
  readonly importLicense: (
    text: string,
  ) => Promise<Result<CallOutput<"license.accept-offer">, Exclude<CallCode<"license.accept-offer">, "OFFER_GONE">>>;
  /** Whether the ring allows links to be read. */
  readonly areLinksOn: () => boolean;
  readonly changed: () => void;
};

/**
 * Licenses that arrive by a link or from the file manager. Anyone can make a person follow a link: so the license is
 * shown first, and imported only when the person agrees. Only the latest one is kept.
 */
export type LicenseOffers = {
  readonly view: () => LicenseOffer | null;
  readonly receive: (incoming: Incoming) => Promise<void>;
  /** Imports the license that was shown under this number; a later license has another number. */
  readonly accept: (
    offerId: number,
  ) => Promise<Result<CallOutput<"license.accept-offer">, CallCode<"license.accept-offer">>>;
  readonly decline: (offerId: number) => void;
};

export function createLicenseOffers(ports: LicenseOffersPorts): LicenseOffers {
  let latest = 0;
  let open: { readonly view: LicenseOffer; readonly text: string; readonly kind: Incoming["kind"] } | undefined;

  const isOff = (kind: Incoming["kind"]) => kind === "link" && !ports.areLinksOn();

  async function viewOf(incoming: Incoming, text: string | undefined, id: number): Promise<LicenseOffer> {
    if (isOff(incoming.kind)) return { id, refusal: "LINKS_OFF", facts: null };
    const license = text === undefined ? err("MALFORMED" as const) : verifyLicense(text, await ports.roots());
    // The content is shown only if the signature is valid.
    if (!license.ok) return { id, refusal: license.error, facts: null };
    const { claims } = license.value;
    const device = claims.bind.mode === "stick" ? undefined : await ports.deviceKey();
    return { id, refusal: null, facts: factsOf(claims, device?.ok ? device.value?.id : undefined) };
  }

  function close(): void {
    open = undefined;
    ports.changed();
  }

  return {
    view: () => open?.view ?? null,
    async receive(incoming) {
      const id = ++latest;
      const text = isOff(incoming.kind) ? undefined : await textOf(incoming);
      const view = await viewOf(incoming, text, id);
      // Another license arrived while this one was being read.
      if (id !== latest) return;
      open = { view, text: text ?? "", kind: incoming.kind };
      ports.changed();
    },
    async accept(offerId) {
      if (open?.view.id !== offerId || open.view.refusal !== null) return err("OFFER_GONE");
      // Links were turned off while the question was open.
      if (isOff(open.kind)) return err("LINKS_OFF");
      const imported = await ports.importLicense(open.text);
      if (imported.ok && open?.view.id === offerId) close();
      return imported;
    },
    decline(offerId) {
      if (open?.view.id === offerId) close();
    },
  };
}

async function textOf(incoming: Incoming): Promise<string | undefined> {
  if (incoming.kind === "link") {
    const text = parseLicenseLink(incoming.url);
    return text.ok ? text.value : undefined;
  }
  const bytes = await readSmallFile(incoming.path, MAX_ARMORED_CHARS);
  return bytes && textOfFile(bytes);
}
