import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import cookie from "@fastify/cookie";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import * as v from "valibot";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { acceptedLocales, bestLanguage, type Language, LANGUAGES } from "../../../src-shared/languages.ts";
import { RINGS } from "../../../src-shared/license/index.ts";
import { MAX_REASON_CHARS } from "../../../src-shared/limits.ts";
import type { Milliseconds, Seconds } from "../../../src-shared/units.ts";
import { BuildId } from "../../../src-shared/updates/index.ts";
import type { AlertKind, AlertLevel } from "../alerts/index.ts";
import { logDecision, publishHalt, type WatchPorts } from "../decisions/index.ts";
import { createPacedQueue, type RawRequest, type Refusal, refuse } from "../http/index.ts";
import { type Account, findAccount } from "./accounts.ts";
import { html, type Markup } from "./markup.ts";
import { consoleBody, loginBody, pageOf, ringsOf } from "./page.ts";
import { progressReport } from "./report.ts";
import { createKnownBrowsers } from "./known-browsers.ts";
import {
  BUSY,
  BUSY_SECONDS,
  createLoginLimits,
  LOGIN_RATES,
  type LoginLimits,
  type LoginRates,
} from "./login-limits.ts";
import { createSessions } from "./sessions.ts";
import { viewOf } from "./view.ts";
import { MESSAGES } from "./messages.ts";
import { type Viewer, viewerOf } from "./viewer.ts";

export type ConsolePorts = WatchPorts & {
  readonly levelOf: (kind: AlertKind) => AlertLevel;
  /** Whether people reach the console by https. */
  readonly isSecure: boolean;
  readonly logins?: LoginRates;
};

/** The font of the app. */
const FONT = fileURLToPath(import.meta.resolve("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"));

const POLICY =
  "default-src 'none'; style-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const HEADERS = { "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer" };

const Login = v.strictObject({ name: v.string(), password: v.string() });
const HaltOrder = v.strictObject({
  ring: v.picklist(RINGS),
  build: BuildId,
  reason: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(MAX_REASON_CHARS)),
});
const Acknowledgement = v.strictObject({ incident: v.pipe(v.string(), v.maxLength(100)) });

// Who tries again as soon as an attempt is refused must not keep the server busy: two hundred refusals a second.
const REFUSAL_PAUSE: Milliseconds = 5;

const NOT_LOGGED_IN: Refusal = { status: 401, code: "NOT_LOGGED_IN" };
const NOT_ALLOWED: Refusal = { status: 403, code: "NOT_ALLOWED" };
const MALFORMED: Refusal = { status: 400, code: "MALFORMED" };

/**
 * The routes of the console in the browser, behind a login. Forms are sent as JSON, which other sites cannot send, and
 * browsers do not add the cookie to requests from other sites.
 */
export function consoleRoutes(ports: ConsolePorts): FastifyPluginAsync {
  const { store, now, isSecure } = ports;
  const sessions = createSessions(store.sessions, isSecure);
  const browsers = createKnownBrowsers(store.browsers, isSecure);
  const refusals = createPacedQueue(REFUSAL_PAUSE);

  async function accountOf(request: FastifyRequest): Promise<Account | undefined> {
    // Read for each request, so that a changed or removed account is logged out at once.
    const account = await sessions.accountOf(request, now());
    return account && { name: account.name, role: account.role };
  }

  async function ringsFor(viewer: Viewer, request: FastifyRequest): Promise<Markup> {
    const view = await viewOf(ports, viewer.language);
    if (!view.ok) return html`<p role="alert">${view.error.message}</p>`;
    return ringsOf(view.value, queryOf(request).ring, viewer);
  }

  async function page(request: FastifyRequest, reply: FastifyReply) {
    const account = await accountOf(request);
    const language = languageOf(request);
    const messages = MESSAGES[language];
    const viewer = account && viewerOf(account, language);
    const body = viewer ? consoleBody(viewer, await ringsFor(viewer, request)) : loginBody(messages);
    return sendHtml(reply, pageOf(messages, language, body));
  }

  async function rings(request: FastifyRequest, reply: FastifyReply) {
    const account = await accountOf(request);
    if (!account) return refuse(reply, NOT_LOGGED_IN);
    return sendHtml(reply, (await ringsFor(viewerOf(account, languageOf(request)), request)).markup);
  }

  async function report(request: FastifyRequest, reply: FastifyReply) {
    if (!(await accountOf(request))) return refuse(reply, NOT_LOGGED_IN);
    const view = await viewOf(ports, languageOf(request));
    if (!view.ok) return refuse(reply, { status: 503, code: view.error.code });
    return sendHtml(reply, progressReport(view.value, languageOf(request)));
  }

  async function login(limits: LoginLimits, request: RawRequest, reply: FastifyReply) {
    const given = parse(Login, request.body);
    if (!given) return refuse(reply, MALFORMED);
    const { name, password } = given;
    const browser = await browsers.find(request, name, now());
    const seconds = await limits.exceeded(request, name, browser);
    if (seconds !== undefined) return refuseLogin(request, reply, seconds);
    const account = await limits.check(browser, () => findAccount(store.accounts, name, password));
    if (account === BUSY) return refuseLogin(request, reply, BUSY_SECONDS);
    if (!account) return refuse(reply, { status: 401, code: "LOGIN_REFUSED" });
    await sessions.open(reply, account, now());
    if (browser === undefined) await browsers.add(reply, name, now());
    return {};
  }

  async function refuseLogin({ raw }: RawRequest, reply: FastifyReply, retryAfterSeconds: Seconds) {
    await refusals.turn(raw.socket);
    return refuse(reply, { status: 429, code: "TOO_MANY_LOGINS", retryAfterSeconds });
  }

  async function halt(request: RawRequest, reply: FastifyReply) {
    const account = await accountOf(request);
    if (!account) return refuse(reply, NOT_LOGGED_IN);
    if (account.role !== "manager") return refuse(reply, NOT_ALLOWED);
    const order = parse(HaltOrder, request.body);
    if (!order) return refuse(reply, MALFORMED);
    const { ring, build, reason } = order;
    const { halted, failed } = await publishHalt(ports.feed, order, now());
    for (const name of halted) {
      const about = { ring: name, build, reason };
      const { hash: policyHash } = ports.policy;
      if (name === ring)
        await logDecision(store.decisions, now(), { kind: "halt-by-hand", ...about, by: account.name });
      else await logDecision(store.decisions, now(), { kind: "halt", ...about, policyHash, after: ring });
    }
    // The watch tries again where a later ring could not be halted, and alerts people.
    const code = failed.find((one) => one.ring === ring)?.code;
    return code === undefined ? {} : refuse(reply, { status: 409, code });
  }

  async function acknowledge(request: RawRequest, reply: FastifyReply) {
    const account = await accountOf(request);
    if (!account) return refuse(reply, NOT_LOGGED_IN);
    if (account.role !== "manager") return refuse(reply, NOT_ALLOWED);
    const given = parse(Acknowledgement, request.body);
    if (!given) return refuse(reply, MALFORMED);
    if (await store.incidents.acknowledge(given.incident, now())) return {};
    return refuse(reply, { status: 409, code: "INCIDENT_UNKNOWN" });
  }

  async function logout(request: FastifyRequest, reply: FastifyReply) {
    await sessions.close(request, reply);
    return {};
  }

  return async (app) => {
    await app.register(cookie);
    const limits = createLoginLimits(app, ports.logins ?? LOGIN_RATES);
    app.addHook("onRequest", async (_request, reply) => void reply.headers(HEADERS));
    app.get("/console", page);
    app.get("/console/rings", rings);
    app.get("/console/report", report);
    app.get("/console/console.css", (_request, reply) => sendFile(reply, "console.css", "text/css"));
    app.get("/console/inter.woff2", (_request, reply) => reply.type("font/woff2").send(readFileSync(FONT)));
    app.get("/console/console.js", (_request, reply) => sendFile(reply, "console.js", "text/javascript"));
    app.post("/console/login", (request: RawRequest, reply) => login(limits, request, reply));
    app.post("/console/halt", halt);
    app.post("/console/answer", acknowledge);
    app.post("/console/logout", logout);
  };
}

function sendHtml(reply: FastifyReply, content: string): FastifyReply {
  return reply.type("text/html; charset=utf-8").send(content);
}

function sendFile(reply: FastifyReply, name: string, type: string): FastifyReply {
  const content = readFileSync(join(import.meta.dirname, name), "utf8");
  return reply.type(`${type}; charset=utf-8`).send(content);
}

const Query = v.object({
  ring: v.optional(v.fallback(v.optional(v.picklist(RINGS)), undefined)),
  lang: v.optional(v.fallback(v.optional(v.picklist(LANGUAGES)), undefined)),
});

/** Which ring and language the address names. Anything else in it is ignored. */
function queryOf({ query }: FastifyRequest): v.InferOutput<typeof Query> {
  const parsed = v.safeParse(Query, query);
  return parsed.success ? parsed.output : {};
}

function languageOf(request: FastifyRequest): Language {
  const { "accept-language": accepted = "" } = request.headers;
  return queryOf(request).lang ?? bestLanguage(acceptedLocales(accepted));
}

function parse<S extends v.GenericSchema>(schema: S, body: Uint8Array): v.InferOutput<S> | undefined {
  const json = parseStrictJson(body);
  const parsed = v.safeParse(schema, json.ok ? json.value : undefined);
  return parsed.success ? parsed.output : undefined;
}
