export type Scrape = {
  /** Host and port of the ring server. */
  readonly target: string;
  readonly isHttps: boolean;
  /** The file with the token that the ring server requires. */
  readonly tokenFile: string;
  readonly everySeconds: number;
};

/** The name of the scrape job for the ring server. */
export const JOB_NAME = "usb-video-vault-rings";

/** A configuration with which Prometheus scrapes the ring server and evaluates these rules. */
export function prometheusConfig({ target, isHttps, tokenFile, everySeconds }: Scrape): string {
  return [
    "global:",
    `  scrape_interval: ${everySeconds}s`,
    `  evaluation_interval: ${everySeconds}s`,
    "rule_files:",
    "  - rules.yml",
    "scrape_configs:",
    `  - job_name: ${JOB_NAME}`,
    `    scheme: ${isHttps ? "https" : "http"}`,
    "    metrics_path: /metrics",
    "    authorization:",
    `      credentials_file: ${JSON.stringify(tokenFile)}`,
    "    static_configs:",
    `      - targets: [${JSON.stringify(target)}]`,
    "",
  ].join("\n");
}
