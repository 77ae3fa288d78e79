import { expect, it } from "vitest";
import { attentionTo, newestOf, readAudit } from "../../build/dependencies.ts";

it("reads the advisories that npm reports", () => {
  const none = { auditReportVersion: 2, vulnerabilities: {}, metadata: { vulnerabilities: { total: 0 } } };
  expect(readAudit(JSON.stringify(none))).toEqual({ kind: "known", total: 0, names: [] });
  const one = { ...none, vulnerabilities: { pg: { severity: "high" } }, metadata: { vulnerabilities: { total: 1 } } };
  expect(readAudit(JSON.stringify(one))).toEqual({ kind: "known", total: 1, names: ["pg"] });
});

it.each([
  ["a refusal of the registry", '{"message":"405 Method Not Allowed - POST https://example.org/","statusCode":405}'],
  ["half a report", '{"vulnerabilities":{}}'],
  ["a total that is no number", '{"vulnerabilities":{},"metadata":{"vulnerabilities":{"total":"0"}}}'],
  ["nothing", ""],
  ["a page", "<html>"],
])("says of %s that advisories are not available", (_what, output) => {
  expect(readAudit(output).kind).toBe("not available");
});

it("finds the newest version, without pre-releases and other entries", () => {
  expect(newestOf(["created", "1.9.0", "1.10.0", "2.0.0-beta.1", "modified"])).toBe("1.10.0");
  expect(newestOf(["created"])).toBeUndefined();
});

it("tells an older version that is kept for a reason from one that nobody has looked at", () => {
  expect(attentionTo("react", "19.3.1", "19.3.1")).toEqual([]);
  expect(attentionTo("react", "19.3.1", "19.4.0")).toEqual(["(NEWER VERSION: update, or say why not)"]);
  expect(attentionTo("vite", "8.3.8", "8.4.0")[0]).toContain("npm ci");
});
