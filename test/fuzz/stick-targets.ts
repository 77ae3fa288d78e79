import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { projectRoot } from "../../build/electron-runtime.ts";
import {
  PACK_PROFILE,
  PackClaims,
  parsePackHeader,
  parsePackLength,
  parsePackStart,
  partsOfPack,
} from "../../src-shared/content-pack.ts";
import { APP_LIST_PROFILE, AppListClaims, parseAppList } from "../../src-ops/packing/app/app-list.ts";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { fromUtf8, utf8 } from "../../src-shared/encoding/text.ts";
import { MIB } from "../../src-shared/units.ts";
import { ManifestClaims, parseCatalog, parseManifest } from "../../src-shared/vault/index.ts";
import { manifestClaims, manifestToken, NOW, ROOTS, signToken, vaultPublisher } from "../fakes/issuer.ts";

const storyboardVector = JSON.parse(
  readFileSync(join(projectRoot, "test", "vectors", "frozen", "stick-storyboard.json"), "utf8"),
) as { catalog: string };

const section = { size: 10, sha256: "A".repeat(43) };
const packClaims = {
  v: 1,
  vaultId: manifestClaims().vaultId,
  stickId: manifestClaims().stickId,
  label: "Harbour Films",
  gen: 1,
  iat: NOW,
  manifest: section,
  catalog: manifestClaims().catalog,
  revocations: section,
  files: manifestClaims().files.map(({ id }) => id),
};

const appClaims = {
  v: 1,
  version: "0.2.0",
  iat: NOW,
  files: [{ name: "usb-video-vault_0.2.0_amd64.deb", ...section }],
};

/** The signed documents of a stick, and the parts of a content pack. */
export const STICK_TARGETS = [
  {
    name: "manifest",
    run: (bytes: Uint8Array) => {
      const given = fromUtf8(bytes);
      return given === undefined ? undefined : parseManifest(given, 1, ROOTS);
    },
    seeds: [utf8(manifestToken())],
  },
  {
    name: "storyboard",
    run: (bytes: Uint8Array) => {
      const given = parseStrictJson(bytes);
      return given.ok ? parseCatalog(given.value) : undefined;
    },
    seeds: [utf8(storyboardVector.catalog)],
  },
  {
    name: "manifest-claims",
    run: (bytes: Uint8Array) => {
      const json = parseStrictJson(bytes);
      return v.safeParse(ManifestClaims, json.ok ? json.value : undefined);
    },
    seeds: [utf8(JSON.stringify(manifestClaims()))],
  },
  {
    name: "app-list",
    run: (bytes: Uint8Array) => {
      const given = fromUtf8(bytes);
      return given === undefined ? undefined : parseAppList(given, ROOTS);
    },
    seeds: [utf8(signToken(APP_LIST_PROFILE.typ, appClaims, vaultPublisher))],
  },
  {
    name: "app-list-claims",
    run: (bytes: Uint8Array) => {
      const json = parseStrictJson(bytes);
      return v.safeParse(AppListClaims, json.ok ? json.value : undefined);
    },
    seeds: [utf8(JSON.stringify(appClaims))],
  },
  { name: "pack-start", run: parsePackStart, seeds: [utf8("UVVPACK1\0\0\0\0")] },
  { name: "pack-length", run: (bytes: Uint8Array) => parsePackLength(bytes, MIB), seeds: [new Uint8Array(4)] },
  {
    name: "pack-header",
    run: (bytes: Uint8Array) => {
      const given = fromUtf8(bytes);
      return given === undefined ? undefined : parsePackHeader(given, ROOTS);
    },
    seeds: [utf8(signToken(PACK_PROFILE.typ, packClaims, vaultPublisher))],
  },
  {
    name: "pack-claims",
    run: (bytes: Uint8Array) => {
      const json = parseStrictJson(bytes);
      const claims = v.safeParse(PackClaims, json.ok ? json.value : undefined);
      return claims.success ? partsOfPack(claims.output, manifestClaims()) : undefined;
    },
    seeds: [utf8(JSON.stringify(packClaims))],
  },
];
