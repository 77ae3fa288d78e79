import { describe, expect, it } from "vitest";
import { answerMediaRequest, type MediaSource, READ_BYTES, streamMedia } from "../../../src-main/playback/index.ts";
import type { FileError } from "../../../src-shared/node/vault-reader.ts";
import { err, ok } from "../../../src-shared/result.ts";

const BYTES = new Uint8Array(300_000).map((_, index) => index % 253);

function served(fault?: { at: number; error: FileError }) {
  const reads: [number, number][] = [];
  const faults: FileError[] = [];
  const source: MediaSource = {
    size: BYTES.length,
    async read(offset, length) {
      reads.push([offset, length]);
      if (fault && offset + length > fault.at) return err(fault.error);
      return ok(BYTES.slice(offset, offset + length));
    },
    close: async () => undefined,
  };
  const media = { source, type: "video/mp4", onFault: (error: FileError) => faults.push(error) };
  const request = (headers: Record<string, string>, { token = "t", method = "GET" } = {}) =>
    answerMediaRequest(
      new Request(`vault://media/${token}`, { method, headers: { Origin: "app://usb-video-vault", ...headers } }),
      async (requestedToken) => (requestedToken === "t" ? media : undefined),
    );
  return { request, reads, faults };
}

describe("who is heard", () => {
  it("refuses another origin", async () => {
    const { request } = served();
    expect((await request({ Origin: "https://example.org" })).status).toBe(403);
    expect((await request({ Origin: "null" })).status).toBe(403);
    expect((await request({ Origin: "app://usb-video-vault.evil" })).status).toBe(403);
  });

  it("refuses other methods and unknown addresses", async () => {
    const { request } = served();
    expect((await request({}, { method: "POST" })).status).toBe(405);
    expect((await request({}, { token: "u" })).status).toBe(404);
  });
});

describe("what is answered", () => {
  it("sends the whole file where no range is asked", async () => {
    const { request } = served();
    const response = await request({});
    expect(response.status).toBe(200);
    expect(response.headers.get("Accept-Ranges")).toBe("bytes");
    expect(response.headers.get("Content-Length")).toBe("300000");
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(BYTES);
  });

  it.each([
    ["bytes=0-0", 0, 0],
    ["bytes=100000-200000", 100_000, 200_000],
    ["bytes=250000-", 250_000, 299_999],
    ["bytes=-10", 299_990, 299_999],
  ])("sends %s with the end that was asked", async (range, start, end) => {
    const { request } = served();
    const response = await request({ Range: range });
    expect(response.status).toBe(206);
    expect(response.headers.get("Content-Range")).toBe(`bytes ${start}-${end}/300000`);
    expect(response.headers.get("Content-Length")).toBe(String(end - start + 1));
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(BYTES.slice(start, end + 1));
  });

  it("never answers a range it does not understand with the file", async () => {
    const { request } = served();
    const response = await request({ Range: "bytes=0-1,4-5" });
    expect(response.status).toBe(416);
    expect(response.headers.get("Content-Range")).toBe("bytes */300000");
    expect(await response.text()).toBe("");
  });
});

describe("how it reads", () => {
  it("reads nothing before it is asked to, then four chunks at a time on chunk boundaries", async () => {
    const { request, reads } = served();
    const body = (await request({ Range: "bytes=20000-" })).body?.getReader();
    expect(reads).toEqual([]);
    await body?.read();
    await body?.read();
    expect(reads).toEqual([
      [20_000, 5 * 16_384 - 20_000],
      [5 * 16_384, READ_BYTES],
    ]);
  });

  it("stops reading when the player goes away", async () => {
    const { request, reads } = served();
    const body = (await request({})).body?.getReader();
    await body?.read();
    await body?.cancel();
    expect(reads).toHaveLength(1);
  });

  it("says nothing of a fault that is found after the player went away", async () => {
    const faults: FileError[] = [];
    let answer: (result: Awaited<ReturnType<MediaSource["read"]>>) => void = () => undefined;
    const source: MediaSource = {
      size: BYTES.length,
      read: () => new Promise((resolve) => (answer = resolve)),
      close: async () => undefined,
    };
    const body = streamMedia(source, 0, BYTES.length - 1, (error) => faults.push(error)).getReader();
    const reading = body.read();
    // The source is being read by the next turn.
    await new Promise(setImmediate);
    await body.cancel();
    answer(err("GONE"));
    expect(await reading).toEqual({ done: true, value: undefined });
    // Everything that the answer sets off has run by the next turn.
    await new Promise(setImmediate);
    expect(faults).toEqual([]);
  });

  it("tells of a fault once, after the bytes before it, and gives out none behind it", async () => {
    const { request, faults } = served({ at: 150_000, error: "DAMAGED" });
    const body = (await request({})).body?.getReader();
    let received = 0;
    const failure = await (async () => {
      for (;;) {
        const { value, done } = (await body?.read()) ?? { done: true, value: undefined };
        if (done) return "ended";
        received += value.length;
      }
    })().catch((error: Error) => error.message);
    expect(failure).toBe("DAMAGED");
    expect(received).toBe(2 * READ_BYTES);
    expect(faults).toEqual(["DAMAGED"]);
  });
});
