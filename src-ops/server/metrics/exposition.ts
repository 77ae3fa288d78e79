/** One number of a family. Label values come from closed sets and are never pseudonyms. */
export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** All samples of one name, by Prometheus' conventions: base units, and `_total` for counters. */
export type Family = {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: readonly Sample[];
};

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";
const PREFIX = "usb_video_vault_";

export function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: PREFIX + name, type: "gauge", help, samples };
}

export function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: PREFIX + name, type: "counter", help, samples };
}

/** One sample for each possible state: 1 for the current state, 0 for the others. */
export function stateSamples<S extends string>(
  label: string,
  states: readonly S[],
  current: S,
  labels: Readonly<Record<string, string>> = {},
): readonly Sample[] {
  return states.map((state) => ({ labels: { ...labels, [label]: state }, value: state === current ? 1 : 0 }));
}

/** Families in Prometheus' text format 0.0.4. Families without samples are left out: an unknown value is not zero. */
export function expositionOf(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const head = `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`;
      return head + samples.map((sample) => `${name}${labelsOf(sample)} ${numberOf(sample.value)}\n`).join("");
    })
    .join("");
}

function labelsOf({ labels }: Sample): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function numberOf(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
