/** True in a release build: no overrides, no developer tools, no development roots. */
declare const BUILD_RELEASE: boolean;
/** The publisher's profile, compiled in (design.md, Trust): build/publisher-profile.ts describes each member. */
declare const BUILD_PROFILE: {
  readonly roots: readonly string[];
  readonly support: string;
  readonly feed: { readonly url: string; readonly root: string } | null;
  readonly buildFloor: number;
  readonly ingest: { readonly url: string; readonly isOurs: boolean } | null;
  readonly monitoring: string;
};
