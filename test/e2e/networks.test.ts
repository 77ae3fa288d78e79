import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join, normalize } from "node:path";
import type { Page } from "playwright";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleForElectron } from "../../build/build-app.ts";
import { launcherSwitches, projectRoot, readElectronRuntime } from "../../build/electron-runtime.ts";
import { EXPECTED_OUTCOMES } from "../vectors/run-http-client-cases.ts";
import { Certificates, HOST, openCompanyNetwork } from "./company-network.ts";
import { FeedPublisher } from "./feed-publisher.ts";
import { launchApp, screenshotPath } from "./launch.ts";
import { packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";

const folder = suiteFolder();
let trust = "";
let publisher: FeedPublisher;
let certificates: Certificates;
beforeAll(() => {
  const { keys, ...published } = packStick(folder(), ["lighthouse.mp4"]);
  trust = published.trust;
  publisher = new FeedPublisher(folder(), keys);
  publisher.addBuild("0.1.0", 1);
  certificates = new Certificates(join(folder(), "certificates"));
});

/** Feed and ingest on one host. */
function serve(posts: IncomingMessage[]) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method === "POST") {
      posts.push(request.resume());
      return void response.end("{}");
    }
    try {
      response.end(readFileSync(join(publisher.repository, normalize(request.url ?? "/"))));
    } catch {
      response.writeHead(404).end();
    }
  };
}

function profile(name: string, settings: object): string {
  const userData = join(folder(), name);
  mkdirSync(userData);
  writeFileSync(join(userData, "settings.json"), JSON.stringify(settings));
  return userData;
}

const logOf = (userData: string) =>
  readdirSync(join(userData, "logs"))
    .map((name) => readFileSync(join(userData, "logs", name), "utf8"))
    .join("");

const OURS = ["--feed", `https://${HOST}`, "--ingest", `https://${HOST}`];

async function check(page: Page, code: string, name = "Check now"): Promise<void> {
  await page.getByRole("button", { name }).click();
  await page.locator(`[data-code=${code}]`).waitFor();
}

it("Electron's network fulfils the same contract as Node's", async () => {
  await bundleForElectron({ network: join(import.meta.dirname, "http-client-main.ts") }, ".cache/e2e");
  const outcomes = join(folder(), "outcomes.json");
  const main = join(projectRoot, ".cache", "e2e", "network.js");
  const profileSwitch = `--user-data-dir=${join(folder(), "contract")}`;
  const switches = [...launcherSwitches(), "--disable-gpu", profileSwitch];
  execFileSync(readElectronRuntime().executable, [...switches, main, outcomes], { stdio: "ignore", timeout: 60_000 });
  expect(JSON.parse(readFileSync(outcomes, "utf8"))).toEqual(JSON.parse(JSON.stringify(EXPECTED_OUTCOMES)));
});

describe("in a company's network", () => {
  it("everything goes through the system's proxy, certificates and all; what prevents it is told, and nothing is suspected", async () => {
    const posts: IncomingMessage[] = [];
    const good = certificates.issue("good", HOST);
    const network = await openCompanyNetwork(good, serve(posts));
    const userData = profile("company", { consent: "given" });
    const home = certificates.homeThatTrustsRoot("home");
    const env = { HOME: home, https_proxy: network.proxy, http_proxy: network.proxy };
    const { page } = await launchApp({ userData, trust, args: OURS, env });
    await page.getByRole("button", { name: "Settings" }).click();
    await check(page, "NO_RELEASE");
    await expect.poll(() => posts.length, { timeout: 30_000 }).toBeGreaterThan(0);

    network.demands = 'Basic realm="company"';
    network.reconnect();
    await check(page, "PROXY_LOGIN");
    await page.screenshot({ path: screenshotPath("network-proxy-login-en") });
    for (const scheme of ["NTLM", "Negotiate", "Bearer", 'Digest realm="company", nonce="1", qop="auth"']) {
      network.demands = scheme;
      network.reconnect();
      await check(page, "PROXY_LOGIN");
    }
    network.demands = undefined;

    network.answer = (_request, response) => void response.end("<!DOCTYPE html><title>Welcome</title>");
    await check(page, "SIGN_IN_NEEDED");
    await page.screenshot({ path: screenshotPath("network-sign-in-en") });
    network.answer = (_request, response) => void response.writeHead(302, { location: "http://192.0.2.1/" }).end();
    await check(page, "SIGN_IN_NEEDED");
    network.answer = serve(posts);

    network.reconnect(certificates.selfMade("self-made"));
    await check(page, "CERTIFICATE_REFUSED");
    await page.screenshot({ path: screenshotPath("network-intercepted-en") });
    network.reconnect(certificates.issue("portal", "login.hotel.example"));
    await check(page, "CERTIFICATE_REFUSED");
    network.reconnect(certificates.issue("past", HOST, -1));
    await check(page, "CERTIFICATE_EXPIRED");

    network.reconnect(good);
    await check(page, "NO_RELEASE");
    expect([...network.targets]).toEqual([`${HOST}:443`]);
    // The proxy learns the name of the server, and nothing else.
    const names = new Set(network.headers.flatMap((headers) => Object.keys(headers)));
    expect([...names].toSorted()).toEqual(["host", "proxy-connection", "user-agent"]);
    expect(network.headers.map((headers) => headers["user-agent"])).toContain("usb-video-vault");
    expect(logOf(userData)).not.toMatch(/"category":"(?:signature|rollback)"/);
  });

  it("a PAC file is followed, and a root that the system does not trust is refused", async () => {
    const network = await openCompanyNetwork(certificates.issue("pac", HOST), serve([]));
    const script = `function FindProxyForURL(url, host) { return host === "${HOST}" ? "PROXY ${new URL(network.proxy).host}" : "DIRECT"; }`;
    const pac = `--proxy-pac-url=data:application/x-ns-proxy-autoconfig,${encodeURIComponent(script)}`;
    const userData = profile("pac", { appearance: "dark", language: "fr" });
    const { page } = await launchApp({ userData, trust, args: [...OURS, pac], language: "fr" });
    await page.getByRole("button", { name: "Réglages" }).click();
    await check(page, "CERTIFICATE_REFUSED", "Rechercher");
    expect([...network.targets]).toEqual([`${HOST}:443`]);
    await page.screenshot({ path: screenshotPath("network-intercepted-fr-dark") });
  });
});
