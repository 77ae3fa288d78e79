import { describe, expect, it } from "vitest";
import { refusedSwitch } from "../../../src-main/app/allowed-switches.ts";
import { DANGEROUS_SWITCHES, EARLY_SWITCHES } from "../../e2e/dangerous-switches.ts";

const linux = { platform: "linux", isAppImage: false } as const;
const windows = { platform: "win32", isAppImage: false } as const;

it.each([
  ["nothing", []],
  ["a license file and a link", ["/media/STICK/a.uvvlic", "usb-video-vault://license/abc"]],
  [
    "our own options",
    ["--vault", "/media/STICK", "--vault=/media/OTHER", "--after-failure", "--without-variables", "--updated"],
  ],
  ["what stands after the end of the options", ["--vault=/a", "--", "--remote-debugging-pipe"]],
  ["words that only look like ours", ["a-b", "x--inspect", ""]],
])("accepts %s", (_what, words) => {
  expect(refusedSwitch(words, linux)).toBeUndefined();
  expect(
    refusedSwitch(
      words.map((word) => word.replace(/^\//, "D:\\")),
      windows,
    ),
  ).toBeUndefined();
});

const ALL = [...DANGEROUS_SWITCHES, ...EARLY_SWITCHES];
describe(`${ALL.length} dangerous switches`, () => {
  it.each(ALL)("%s is refused in every place", (word) => {
    for (const started of [linux, windows]) {
      expect(refusedSwitch([word], started)).toBe(word);
      expect(refusedSwitch(["--vault", word, "a.uvvlic"], started)).toBe(word);
      expect(refusedSwitch(["a.uvvlic", "--after-failure", word], started)).toBe(word);
    }
  });
});

it.each([
  "/remote-debugging-pipe",
  " /inspect=0",
  "\u00a0--remote-debugging-pipe",
  "\u0085--remote-debugging-pipe",
  "\u3000/x",
  "--VAULT=C:\\x",
])("Windows: %j is refused", (word) => expect(refusedSwitch([word], windows)).toBe(word));

it.each(["--vaults=/a", "--vault-x", "--after-failure=1", "--updated=1", "-vault", "--", "---", "-"])(
  "%j is not one of ours",
  (word) => expect(refusedSwitch([word, "--after"], linux)).toBe(word === "--" ? undefined : word),
);

it("accepts what the script of an AppImage adds, and that alone", () => {
  const appImage = { platform: "linux", isAppImage: true } as const;
  expect(refusedSwitch(["--no-sandbox"], appImage)).toBeUndefined();
  expect(refusedSwitch(["--no-sandbox"], linux)).toBe("--no-sandbox");
  expect(refusedSwitch(["--no-sandbox", "--inspect"], appImage)).toBe("--inspect");
});
