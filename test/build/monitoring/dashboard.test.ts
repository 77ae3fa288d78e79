import { expect, it } from "vitest";
import { panelQueries } from "./panel-queries.ts";

it("the dashboard has the panels that R-41 requires, and each panel has a query", () => {
  expect(panelQueries.map(({ title }) => title)).toEqual(
    expect.arrayContaining(["Ring Status", "Error Rate by Ring", "Memory Usage", "Feedback", "Burn rate"]),
  );
  expect(panelQueries.every(({ queries }) => queries.length > 0)).toBe(true);
});
