import { describe, expect, it } from "vitest";
import { answerGivenPacks, type Handlers, routeCalls, type Sender } from "../../../src-main/ipc/index.ts";
import { type CallName, calls, type Reply } from "../../../src-shared/ipc/index.ts";
import { err, ok } from "../../../src-shared/result.ts";

const OWN_PAGE: Sender = { url: "app://usb-video-vault/index.html", isMainFrame: true };

function route(overrides: Partial<Handlers> = {}) {
  const listeners = new Map<string, (sender: Sender | null, input: unknown) => Promise<Reply<CallName>>>();
  const registered: string[] = [];
  const logged: string[] = [];
  const unexpected: { thrown: unknown; call: CallName }[] = [];
  const refuseAll = Object.fromEntries(Object.keys(calls).map((name) => [name, async () => ok(undefined)]));
  routeCalls(
    (channel, listener) => {
      registered.push(channel);
      listeners.set(channel, listener);
    },
    { ...refuseAll, ...overrides } as Handlers,
    (event) => logged.push(event),
    (thrown, call) => unexpected.push({ thrown, call }),
  );
  const call = (channel: CallName, input: unknown, sender: Sender | null = OWN_PAGE) =>
    listeners.get(channel)?.(sender, input);
  return { call, registered, logged, unexpected };
}

it("gives every channel of the contract exactly one handler", () => {
  const { registered } = route();
  expect(registered.toSorted()).toEqual(Object.keys(calls).toSorted());
});

const STRANGERS: [string, Sender | null][] = [
  ["a frame that no longer exists", null],
  ["a frame inside the page", { ...OWN_PAGE, isMainFrame: false }],
  ["another origin", { url: "https://example.org/", isMainFrame: true }],
  ["an origin that begins like ours", { url: "app://usb-video-vault.example/", isMainFrame: true }],
  ["a blank page", { url: "about:blank", isMainFrame: true }],
  ["an empty address", { url: "", isMainFrame: true }],
];

describe("the sender", () => {
  it.each(STRANGERS)("is refused without running the handler: %s", async (_name, sender) => {
    let ran = false;
    const { call, logged } = route({
      "vault.close": async () => {
        ran = true;
        return ok(undefined);
      },
    });
    expect(await call("vault.close", undefined, sender)).toEqual({ ok: false, error: { code: "BAD_REQUEST" } });
    expect(ran).toBe(false);
    expect(logged).toEqual(["ipc.sender-refused"]);
  });
});

describe("the path of a dropped pack", () => {
  function give(path: unknown, sender: Sender | null = OWN_PAGE) {
    const [received, logged]: [string[], unknown[]] = [[], []];
    answerGivenPacks(
      (one) => void received.push(one),
      (event, fields) => void logged.push({ event, ...fields }),
    )(sender, path);
    return { received, logged };
  }

  it("is taken from the app's own page", () => {
    expect(give("/media/one.uvvpack")).toEqual({ received: ["/media/one.uvvpack"], logged: [] });
  });

  it.each(STRANGERS)("is refused and logged from %s", (_name, sender) => {
    const logged = [{ event: "ipc.sender-refused", call: "pack.given" }];
    expect(give("/media/one.uvvpack", sender)).toEqual({ received: [], logged });
  });

  it.each([["one.uvvpack"], ["../one.uvvpack"], [""], [undefined], [{ path: "/one" }], [["/one"]]])(
    "is refused and logged if it is not a whole path: %j",
    (path) => {
      const logged = [{ event: "ipc.refused", call: "pack.given", code: "BAD_REQUEST" }];
      expect(give(path)).toEqual({ received: [], logged });
    },
  );
});

describe("the router", () => {
  it.each<[CallName, unknown]>([
    ["player.open", undefined],
    ["player.open", {}],
    ["player.open", { videoId: "../../etc/passwd" }],
    ["player.progress", { videoId: "a".repeat(26), positionSeconds: Number.NaN }],
    ["player.progress", { videoId: "a".repeat(26), positionSeconds: -1 }],
    ["license.import", { text: "x".repeat(200_000) }],
    ["license.unlock", { passphrase: "" }],
    ["settings.change", { volume: 2 }],
    ["settings.change", { language: "de" }],
  ])("refuses an input of %s that the contract does not define", async (name, input) => {
    const { call } = route();
    expect(await call(name, input)).toEqual({ ok: false, error: { code: "BAD_REQUEST" } });
  });

  it("passes on only the code of an expected refusal", async () => {
    const { call } = route({ "catalog.list": async () => err("LOCKED") });
    expect(await call("catalog.list", undefined)).toEqual({ ok: false, error: { code: "LOCKED" } });
  });

  it("reveals nothing about a bug: no message, no path", async () => {
    const bug = new Error("/home/someone/secret");
    const { call, logged, unexpected } = route({ "catalog.list": () => Promise.reject(bug) });
    expect(await call("catalog.list", undefined)).toEqual({ ok: false, error: { code: "INTERNAL" } });
    // Passed to the record of unexpected errors, which logs it: one line and not two.
    expect(unexpected).toEqual([{ thrown: bug, call: "catalog.list" }]);
    expect(logged).toEqual([]);
  });

  it("refuses an output that the contract does not describe", async () => {
    const { call } = route({ "catalog.list": async () => ok("keys" as never) });
    expect(await call("catalog.list", undefined)).toEqual({ ok: false, error: { code: "INTERNAL" } });
  });

  it("refuses an error code that the contract does not list", async () => {
    const { call } = route({ "catalog.list": async () => err("ENOENT: /home/someone" as never) });
    expect(await call("catalog.list", undefined)).toEqual({ ok: false, error: { code: "INTERNAL" } });
  });
});
