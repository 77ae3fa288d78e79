import { CATALOG, COURSE } from "./fake-content.ts";
import type { OpenHarness } from "./launch-harness.ts";
import type { Labels } from "./scene-labels.ts";

export type Step = (open: OpenHarness, labels: Labels) => Promise<void>;

export async function press(open: OpenHarness, name: string): Promise<void> {
  await open.page.getByRole("button", { name, exact: true }).click();
}

export async function show(open: OpenHarness, screen: unknown): Promise<void> {
  await open.runInHarness((harness, next) => harness.screen(next as never), screen);
}

export async function showCourse(open: OpenHarness): Promise<void> {
  await open.runInHarness((harness, { items, sections }) => harness.catalog(items, sections), COURSE);
  await show(open, CATALOG);
  await open.page.locator("[data-section]").first().waitFor();
}
