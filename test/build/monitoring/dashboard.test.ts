import { expect, it } from "vitest";
import { panelQueries } from "./panel-queries.ts";

it("the dashboard shows what the rings have to show (R-41), each panel by a query", () => {
  expect(panelQueries.map(({ title }) => title)).toEqual(
    expect.arrayContaining(["Ring Status", "Error Rate by Ring", "Memory Usage", "Feedback", "Burn rate"]),
  );
  expect(panelQueries.every(({ queries }) => queries.length > 0)).toBe(true);
});
