import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { answerAppRequest } from "../../../src-main/windows/app-protocol.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

function pages(): string {
  const folder = join(temporaryFolder(), "renderer");
  mkdirSync(folder);
  writeFileSync(join(folder, "index.html"), "<!doctype html>");
  writeFileSync(join(folder, "..", "secret.html"), "secret");
  return folder;
}
const get = (path: string, folder: string, host = "usb-video-vault") =>
  answerAppRequest(new Request(`app://${host}${path}`), folder);

it("serves a page with the policy as a header", async () => {
  const response = await get("/index.html", pages());
  expect(response.status).toBe(200);
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'none'");
  expect(policy).not.toContain("unsafe");
});

it.each(["/../secret.html", "/%2e%2e/secret.html", "/..%2fsecret.html", "/none.html", "/", "/index.html/"])(
  "does not serve %s",
  async (path) => {
    expect((await get(path, pages())).status).toBe(404);
  },
);

it("serves no other host", async () => {
  expect((await get("/index.html", pages(), "elsewhere")).status).toBe(404);
});
