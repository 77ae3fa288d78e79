import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Seconds } from "../../../src-shared/units.ts";
import { clientNetwork, type RateLimit } from "../http/index.ts";
import { hashOf } from "./cookies.ts";

/** How often a password may be tried. */
export type LoginRates = {
  /** By strangers from one address. */
  readonly address: RateLimit;
  /** By strangers for one name. */
  readonly name: RateLimit;
  /** With one browser that is known for the account. */
  readonly browser: RateLimit;
  /** How many password checks of strangers run, and wait, at the same time. */
  readonly strangers: { readonly running: number; readonly waiting: number };
};

// Each try costs a tenth of a second of processor time.
export const LOGIN_RATES: LoginRates = {
  address: { max: 10, timeWindow: 60_000 },
  name: { max: 15, timeWindow: 600_000 },
  browser: { max: 10, timeWindow: 60_000 },
  strangers: { running: 2, waiting: 20 },
};

export type LoginLimits = ReturnType<typeof createLoginLimits>;

/**
 * Limits the password attempts. Strangers are counted by address and by the name that they try. A browser that is known for
 * the account is counted alone, so that strangers who know a name cannot lock its person out (ADR 15).
 */
export function createLoginLimits(app: FastifyInstance, rates: LoginRates) {
  const counting = (limit: RateLimit) => {
    const keys = new WeakMap<FastifyRequest, string>();
    const count = app.createRateLimit({ ...limit, keyGenerator: (request) => keys.get(request) ?? "" });
    return async (request: FastifyRequest, key: string): Promise<Seconds | undefined> => {
      keys.set(request, key);
      const tries = await count(request);
      return tries.isAllowed || !tries.isExceeded ? undefined : tries.ttlInSeconds;
    };
  };
  const [ofAddress, ofName, ofBrowser] = [counting(rates.address), counting(rates.name), counting(rates.browser)];
  const strangers = createGate(rates.strangers);

  return {
    /** Counts an attempt. Returns after how many seconds it may be repeated, if it exceeds a limit. */
    async exceeded(request: FastifyRequest, name: string, browser: string | undefined): Promise<Seconds | undefined> {
      if (browser !== undefined) return ofBrowser(request, browser);
      // An attempt that the address may not make does not count for the name.
      return (await ofAddress(request, clientNetwork(request))) ?? (await ofName(request, hashOf(name)));
    },
    /** Runs a password check, unless too many of strangers wait already. */
    check: <T>(browser: string | undefined, work: () => Promise<T>): Promise<T | typeof BUSY> =>
      browser === undefined ? strangers(work) : work(),
  };
}

/** Too many strangers try to log in at this moment. */
export const BUSY = "busy";
export const BUSY_SECONDS: Seconds = 10;

function createGate(most: LoginRates["strangers"]) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T | typeof BUSY> => {
    if (running >= most.running) {
      if (waiting.length >= most.waiting) return BUSY;
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
