import { expect, it } from "vitest";
import { isLicenseName } from "../../../src-shared/vault/index.ts";

it.each([
  ["C-0017.uvvlic", true],
  ["C-0017.UVVLIC", true],
  ["C-0017.uvvlic.txt", true],
  ["Licence de Zoé (1).uvvlic.TXT", true],
  ["._C-0017.uvvlic", false],
  ["C-0017.uvvlic.zip", false],
  ["C-0017.txt", false],
  ["uvvlic", false],
])("whether %s is a license's name: %s", (name, expected) => {
  expect(isLicenseName(name)).toBe(expected);
});
