import { join } from "node:path";
import { type ElectronApplication, _electron, type JSHandle, type Page } from "playwright";
import { HARNESS_PAGES } from "../../../build/build-harness.ts";
import { withRetriedEvaluate } from "../../../build/drive-electron.ts";
import { projectRoot, readElectronRuntime } from "../../../build/electron-runtime.ts";
import { APP_ORIGIN, type CallName } from "../../../src-shared/ipc/index.ts";
import { CONTENT_SECURITY_POLICY } from "../../../src-main/windows/app-protocol.ts";
import type { Harness } from "./fake-vault.ts";

const HERE = import.meta.dirname;

/** The Electron that the screens are tested in: the one named by UVV_ELECTRON, else the one of the bootstrap. */
function electronExecutable(): string {
  return process.env["UVV_ELECTRON"] ?? readElectronRuntime().executable;
}

export type OpenHarness = {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** What the content security policy blocked, and the errors on the console of the page. */
  readonly problems: string[];
  /** Runs a function on the fake vault behind the page. */
  readonly runInHarness: <Input>(act: (harness: Harness, input: Input) => unknown, input?: Input) => Promise<void>;
  /** The inputs of all calls of this name, in order. */
  readonly callInputs: (name: CallName) => Promise<unknown[]>;
};

/** Opens the built harness page in a window, under the same policy header as the app's own pages. */
export async function openHarness(): Promise<OpenHarness> {
  const launched = await _electron.launch({
    executablePath: electronExecutable(),
    // Chromium has no sandbox for root, and the display server of the tests has no GPU.
    args: [join(HERE, "harness-main.cjs"), ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu"],
    env: {
      ...process.env,
      HARNESS_PAGES,
      HARNESS_MEDIA: join(projectRoot, "test/media"),
      HARNESS_POLICY: CONTENT_SECURITY_POLICY,
      HARNESS_ORIGIN: APP_ORIGIN,
    },
  });
  const app = withRetriedEvaluate(launched);
  const page = await app.firstWindow();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  await page.locator("[data-screen]").first().waitFor();
  const runInHarness: OpenHarness["runInHarness"] = async (act, input) => {
    const harness = await page.evaluateHandle(() => (window as unknown as { harness: Harness }).harness);
    await (harness as JSHandle).evaluate(act as (harness: unknown, input: unknown) => unknown, input);
  };
  const callInputs: OpenHarness["callInputs"] = (name) =>
    page.evaluate(
      (wanted) =>
        (window as unknown as { harness: Harness }).harness.calls
          .filter((call) => call.name === wanted)
          .map((call) => call.input),
      name,
    );
  return { app, page, problems, runInHarness, callInputs };
}
