import { expect, it } from "vitest";
import { isOn, SWITCHES } from "../../../src-shared/updates/index.ts";

it.each([
  [{}, true],
  [{ "license-links": false }, false],
  [{ "license-links": true }, true],
  [{ chapters: false }, true],
])("a ring with %j turns links %s", (flags, isAllowed) => {
  expect(isOn("license-links", flags)).toBe(isAllowed);
});

it("every switch has a name that is valid in a ring's document", () => {
  for (const name of Object.keys(SWITCHES)) expect(name).toMatch(/^[a-z][a-z0-9-]{0,63}$/);
});
