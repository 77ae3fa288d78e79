/** True in a release build: no overrides, no developer tools, no development roots. */
declare const BUILD_RELEASE: boolean;
/** The publisher's profile, compiled in (design.md, Trust): public keys as JWK texts, and where support is reached. */
declare const BUILD_PROFILE: { readonly roots: readonly string[]; readonly support: string };
