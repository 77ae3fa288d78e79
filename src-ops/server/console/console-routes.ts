import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { acceptedLocales, bestLanguage, type Language } from "../../../src-shared/languages.ts";
import { RINGS } from "../../../src-shared/license/index.ts";
import { MAX_REASON_CHARS } from "../../../src-shared/limits.ts";
import { BuildId } from "../../../src-shared/updates/index.ts";
import type { AlertKind, AlertLevel } from "../alerts/index.ts";
import { logDecision, publishHalt, type WatchPorts } from "../decisions/index.ts";
import {
  type HttpResponse,
  OK_RESPONSE,
  errorResponse,
  retryLater,
  type Route,
  createRateLimiter,
  type HttpRequest,
} from "../http/index.ts";
import { type Account, findAccount } from "./accounts.ts";
import { html, type Markup } from "./markup.ts";
import { consoleBody, loginBody, pageOf, ringsOf } from "./page.ts";
import { progressReport } from "./report.ts";
import { createSessions } from "./sessions.ts";
import { viewOf } from "./view.ts";
import { MESSAGES } from "./messages.ts";

export type ConsolePorts = WatchPorts & {
  readonly levelOf: (kind: AlertKind) => AlertLevel;
  /** Whether people reach it by https. */
  readonly isSecure: boolean;
};

// Each try costs a tenth of a second of a processor: ten at once, then one in six seconds.
const LOGINS = { perSecond: 1 / 6, burst: 10 };

const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const HEADERS = { "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer" };

const Login = v.strictObject({ name: v.string(), password: v.string() });
const HaltOrder = v.strictObject({
  ring: v.picklist(RINGS),
  build: BuildId,
  reason: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(MAX_REASON_CHARS)),
});
const Answering = v.strictObject({ incident: v.pipe(v.string(), v.maxLength(100)) });

/**
 * The console in the browser, behind a login. Forms are JSON, which no other site can send, and the cookie is not sent
 * with what another site asks for.
 */
export function consoleRoutes(ports: ConsolePorts): Route[] {
  const { store, now, isSecure } = ports;
  const sessions = createSessions(store.sessions, isSecure);
  const logins = createRateLimiter(LOGINS);

  async function accountOf({ header }: HttpRequest): Promise<Account | undefined> {
    const name = await sessions.nameOf(header("Cookie"), now());
    // Asked again each time: who is struck off the list is out at once.
    const account = name === undefined ? undefined : await store.accounts.find(name);
    return account && { name: account.name, role: account.role };
  }

  async function ringsFor(account: Account, language: Language): Promise<Markup> {
    const view = await viewOf(ports);
    if (!view.ok) return html`<p role="alert">${view.error.message}</p>`;
    return ringsOf(view.value, MESSAGES[language], language, account);
  }

  async function page(received: HttpRequest): Promise<HttpResponse> {
    const account = await accountOf(received);
    const language = languageOf(received);
    const messages = MESSAGES[language];
    const body = account ? consoleBody(messages, account, await ringsFor(account, language)) : loginBody(messages);
    return shown(pageOf(messages, language, body));
  }

  async function rings(received: HttpRequest): Promise<HttpResponse> {
    const account = await accountOf(received);
    if (!account) return errorResponse(401, "NOT_LOGGED_IN");
    return shown((await ringsFor(account, languageOf(received))).markup);
  }

  async function report(received: HttpRequest): Promise<HttpResponse> {
    if (!(await accountOf(received))) return errorResponse(401, "NOT_LOGGED_IN");
    const view = await viewOf(ports);
    return view.ok ? shown(progressReport(view.value, languageOf(received))) : errorResponse(503, view.error.code);
  }

  async function login({ body, address }: HttpRequest): Promise<HttpResponse> {
    const given = parse(Login, body);
    if (!given) return errorResponse(400, "MALFORMED");
    const turn = logins.take(address, now());
    if (!turn.ok) return retryLater(429, "TOO_MANY_LOGINS", turn.waitSeconds);
    const account = await findAccount(store.accounts, given.name, given.password);
    if (!account) return errorResponse(401, "LOGIN_REFUSED");
    return { ...OK_RESPONSE, headers: { "Set-Cookie": await sessions.open(account.name, now()) } };
  }

  async function halt(received: HttpRequest): Promise<HttpResponse> {
    const account = await accountOf(received);
    if (!account) return errorResponse(401, "NOT_LOGGED_IN");
    if (account.role !== "manager") return errorResponse(403, "NOT_ALLOWED");
    const order = parse(HaltOrder, received.body);
    if (!order) return errorResponse(400, "MALFORMED");
    const code = await publishHalt(ports.feed, order, now());
    if (code !== undefined) return errorResponse(409, code);
    await logDecision(store.decisions, now(), { kind: "halt-by-hand", ...order, by: account.name });
    return OK_RESPONSE;
  }

  async function acknowledge(received: HttpRequest): Promise<HttpResponse> {
    const account = await accountOf(received);
    if (!account) return errorResponse(401, "NOT_LOGGED_IN");
    if (account.role !== "manager") return errorResponse(403, "NOT_ALLOWED");
    const given = parse(Answering, received.body);
    if (!given) return errorResponse(400, "MALFORMED");
    return (await store.incidents.acknowledge(given.incident, now()))
      ? OK_RESPONSE
      : errorResponse(409, "INCIDENT_UNKNOWN");
  }

  return [
    { method: "GET", path: "/console", handle: page },
    { method: "GET", path: "/console/rings", handle: rings },
    { method: "GET", path: "/console/report", handle: report },
    { method: "GET", path: "/console/console.css", handle: () => file("console.css", "text/css") },
    { method: "GET", path: "/console/console.js", handle: () => file("console.js", "text/javascript") },
    { method: "POST", path: "/console/login", handle: login },
    { method: "POST", path: "/console/halt", handle: halt },
    { method: "POST", path: "/console/answer", handle: acknowledge },
    {
      method: "POST",
      path: "/console/logout",
      handle: async ({ header }) => ({
        ...OK_RESPONSE,
        headers: { "Set-Cookie": await sessions.close(header("Cookie")) },
      }),
    },
  ];
}

function shown(content: string): HttpResponse {
  return { status: 200, text: { type: "text/html; charset=utf-8", content }, headers: HEADERS };
}

function file(name: string, type: string): HttpResponse {
  const content = readFileSync(join(import.meta.dirname, name), "utf8");
  return { status: 200, text: { type: `${type}; charset=utf-8`, content }, headers: HEADERS };
}

function languageOf({ header }: HttpRequest): Language {
  return bestLanguage(acceptedLocales(header("Accept-Language") ?? ""));
}

function parse<S extends v.GenericSchema>(schema: S, body: Uint8Array): v.InferOutput<S> | undefined {
  const json = parseStrictJson(body);
  const parsed = v.safeParse(schema, json.ok ? json.value : undefined);
  return parsed.success ? parsed.output : undefined;
}
