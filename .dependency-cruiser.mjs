// Who may import what (docs: design of the folders). An allow-list: an import that no line names is an error, in every
// form, types included. oxlint says most of it earlier, in the editor; this one is complete.
const NPM = "(?:^|/)node_modules/";
const npm = (...names) => `${NPM}(?:@types/)?(?:${names.join("|")})/`;
const CORE = { dependencyTypes: ["core"] };

// What opens connections to other computers.
const NETWORK = "^(?:node:)?(?:http|https|http2|net|tls|dgram|dns)(?:/|$)";

const PURE = "^src-shared/(?!node/)";
const SHARED_NPM = ["valibot"];
const RENDERER_NPM = [
  ...SHARED_NPM,
  "react",
  "react-dom",
  "react-aria-components",
  "lucide-react",
  "@tanstack/react-virtual",
  "media-chrome",
  "uqr",
  "@fontsource-variable/inter",
];

// tweetnacl can sign: only these files may hold it. In src-shared it verifies and hashes.
const HOLDS_TWEETNACL = [
  "^src-shared/jws/ed25519\\.ts$",
  "^src-shared/license/verdict\\.ts$",
  "^src-main/license/device-key\\.ts$",
  "^src-ops/keys/",
];

// Which folders of src-ops each one may use. `cli` may use all of them.
const OPS_ORDER = {
  mail: [],
  register: [],
  keys: ["register"],
  packing: ["register", "keys"],
  records: ["register", "keys", "packing", "mail"],
  licenses: ["register", "keys", "packing", "mail", "records"],
  mailing: ["register", "keys", "packing", "mail", "records", "licenses"],
  backup: ["register", "keys", "packing", "records", "licenses"],
  gates: [],
  simulator: ["gates"],
  feed: ["register", "keys", "packing", "gates"],
  server: ["register", "keys", "mail", "gates", "feed"],
};

export default {
  allowed: [
    { from: { path: PURE }, to: { path: PURE } },
    { from: { path: PURE }, to: { path: npm(...SHARED_NPM) } },

    { from: { path: "^src-shared/node/" }, to: { path: "^src-shared/" } },
    { from: { path: "^src-shared/node/" }, to: { path: npm(...SHARED_NPM, "hpke") } },
    { from: { path: "^src-shared/node/" }, to: CORE },
    { from: { path: "^src-shared/node/update-feed/" }, to: { path: npm("tuf-js", "@tufjs/models") } },

    { from: { path: "^src-main/(?!preload/)" }, to: { path: ["^src-main/(?!preload/)", "^src-shared/"] } },
    { from: { path: "^src-main/(?!preload/)" }, to: { path: npm(...SHARED_NPM, "electron", "keytar") } },
    { from: { path: "^src-main/(?!preload/)" }, to: CORE },
    { from: { path: "^src-main/updates/electron-installer\\.ts$" }, to: { path: npm("electron-updater") } },

    { from: { path: "^src-main/preload/" }, to: { path: ["^src-main/preload/", "^src-shared/ipc/index\\.ts$"] } },
    { from: { path: "^src-main/preload/" }, to: { path: npm("electron") } },

    { from: { path: "^src-renderer/" }, to: { path: ["^src-renderer/", PURE] } },
    { from: { path: "^src-renderer/" }, to: { path: npm(...RENDERER_NPM) } },
    // Made by the build: the licenses of what is packed.
    { from: { path: "^src-renderer/" }, to: { path: "^virtual:" } },

    { from: { path: "^src-ops/" }, to: { path: ["^src-ops/", "^src-shared/"] } },
    { from: { path: "^src-ops/" }, to: { path: npm(...SHARED_NPM, "commander", "csv-parse", "mediabunny") } },
    { from: { path: "^src-ops/cli/keytar-keychain\\.ts$" }, to: { path: npm("keytar") } },
    // Runs inside Electron, not in vaultctl.
    { from: { path: "^src-ops/packing/trial/trial-main\\.cjs$" }, to: { path: npm("electron") } },
    { from: { path: "^src-ops/" }, to: CORE },
    { from: { path: "^src-ops/feed/" }, to: { path: npm("@tufjs/models") } },
    { from: { path: "^src-ops/mail/" }, to: { path: npm("nodemailer") } },
    { from: { path: "^src-ops/server/alerts/on-call/" }, to: { path: npm("ical.js") } },
    {
      from: { path: "^src-ops/server/(?:ring-server\\.ts$|http/|ingest/|metrics/|console/)" },
      to: { path: npm("fastify") },
    },
    { from: { path: "^src-ops/server/http/" }, to: { path: npm("@fastify/rate-limit") } },
    { from: { path: "^src-ops/server/console/" }, to: { path: npm("@fastify/cookie") } },
    { from: { path: "^src-ops/server/store/postgres-" }, to: { path: npm("pg") } },

    // The build is development code: any package, but of the sources only what it runs or compiles in.
    { from: { path: "^build/" }, to: { path: ["^build/", "^src-shared/", "^src-ops/", NPM] } },
    { from: { path: "^build/" }, to: CORE },

    { from: { path: HOLDS_TWEETNACL }, to: { path: npm("tweetnacl") } },
  ],
  allowedSeverity: "error",

  forbidden: [
    {
      name: "no-circle",
      comment: "Two modules that need each other are one module, also when only their types do.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolved",
      comment: "An import that cannot be resolved cannot be judged.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^virtual:" },
    },
    {
      name: "electron-in-main-only",
      severity: "error",
      from: { pathNot: "^(?:(?:src-main|build)/|src-ops/packing/trial/trial-main\\.cjs$)" },
      to: { path: npm("electron") },
    },
    {
      name: "feature-by-its-index",
      comment: "A feature's folder shows its index only.",
      severity: "error",
      from: { path: "^(src-main|src-ops)/([^/]+)/" },
      to: { path: "^$1/[^/]+/", pathNot: ["^$1/$2/", "^$1/[^/]+/index\\.tsx?$"] },
    },
    {
      name: "inner-feature-by-its-index",
      comment: "A folder inside a feature shows its index only, and only inside that feature.",
      severity: "error",
      from: { path: "^(src-ops/[^/]+)/([^/]+)" },
      to: { path: "^$1/[^/]+/", pathNot: ["^$1/$2/", "^$1/[^/]+/index\\.ts$"] },
    },
    ...Object.entries(OPS_ORDER).map(([folder, known]) => ({
      name: "ops-folders-in-order",
      comment: "The folders of src-ops build on one another in one direction.",
      severity: "error",
      from: { path: `^src-ops/${folder}/` },
      to: { path: "^src-ops/[^/]+/", pathNot: `^src-ops/(?:${[folder, ...known].join("|")})/` },
    })),
    {
      name: "features-without-the-wiring",
      comment: "src-main/app wires the features; a feature does not know how it is wired.",
      severity: "error",
      from: { path: "^src-main/(?!app/)[^/]+/" },
      to: { path: "^src-main/(?:app/|main\\.ts$)" },
    },
    {
      name: "network-by-one-door",
      comment:
        "The app's traffic goes through src-main/network, by Electron's `net`: it honours proxies and certificates of the system.",
      severity: "error",
      from: { path: "^(?:src-main|src-shared)/" },
      to: { path: NETWORK },
    },
    {
      name: "node-network-for-tools",
      comment: "Node's own network is for the publisher's tools and for tests.",
      severity: "error",
      from: { path: "^src-main/" },
      to: { path: "^src-shared/node/node-http-client\\.ts$" },
    },
    {
      name: "gates-are-pure",
      comment: "Gates decide from facts: they know formats and one another, no server and no store.",
      severity: "error",
      from: { path: "^src-ops/gates/(?!policy-file\\.ts$|index\\.ts$)" },
      to: { pathNot: ["^src-ops/gates/", "^src-shared/(?!node/)", npm("valibot")] },
    },
    {
      name: "feature-by-its-index-from-the-root",
      severity: "error",
      from: { path: "^(src-main|src-ops)/[^/]+$" },
      to: { path: "^$1/[^/]+/", pathNot: "^$1/[^/]+/index\\.tsx?$" },
    },
    {
      name: "shared-feature-by-its-index",
      comment: "`encoding` and `node` are no features: their files are used one by one.",
      severity: "error",
      from: { path: "^src-shared/([^/]+)/" },
      to: {
        path: "^src-shared/(?!encoding/|node/)[^/]+/",
        pathNot: ["^src-shared/$1/", "^src-shared/[^/]+/index\\.ts$"],
      },
    },
    {
      name: "shared-feature-by-its-index-from-outside",
      severity: "error",
      from: { pathNot: "^src-shared/[^/]+/" },
      to: { path: "^src-shared/(?!encoding/|node/)[^/]+/", pathNot: "^src-shared/[^/]+/index\\.ts$" },
    },
    {
      name: "renderer-feature-by-its-index",
      severity: "error",
      from: { path: "^src-renderer/features/([^/]+)/" },
      to: {
        path: "^src-renderer/features/",
        pathNot: ["^src-renderer/features/$1/", "^src-renderer/features/[^/]+/index\\.tsx?$"],
      },
    },
    {
      name: "renderer-part-by-its-index",
      severity: "error",
      from: { path: "^src-renderer/(?!features/)([^/]+)/" },
      to: {
        path: "^src-renderer/(?:features/[^/]+|bridge|ui|i18n)/",
        pathNot: ["^src-renderer/$1/", "/index\\.tsx?$"],
      },
    },
    {
      name: "renderer-feature-uses-parts-by-their-index",
      severity: "error",
      from: { path: "^src-renderer/features/" },
      to: { path: "^src-renderer/(?:app|bridge|ui|i18n)/", pathNot: "^src-renderer/(?:bridge|ui|i18n)/index\\.tsx?$" },
    },
  ],

  options: {
    doNotFollow: { path: "node_modules" },
    // Types count: `import type`, `import("electron").App` and triple-slash references are imports too.
    tsPreCompilationDeps: true,
    moduleSystems: ["es6", "cjs", "tsd"],
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
