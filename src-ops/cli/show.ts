import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { formatDate } from "../formatting.ts";
import { show, type HistoryEntry, type Shown } from "../licenses/index.ts";
import type { CommandContext } from "./command-context.ts";
import type { Host } from "./host.ts";
import { keysOption, withJson } from "./options.ts";

type Options = { keys: string; json?: true };

const EVENTS: { readonly [what in HistoryEntry["what"]]: string } = {
  license: "issued",
  renewal: "renewed",
  transfer: "moved to another computer",
  restored: "read from its file after the register was lost",
  revocation: "revoked",
};

export function addShow(program: Command, host: Host, context: CommandContext): void {
  withJson(program.command("show"))
    .description("show all that is known about a customer, a stick or a license")
    .argument("<what>", "a customer's number, name or mail address, a stick's name or id, or a license id")
    .addOption(keysOption())
    .action((what: string, options: Options) =>
      host.run(options, async () => {
        const shown = await show(options.keys, what, context.now());
        return shown.ok ? ok({ json: shown.value, lines: linesOf(shown.value) }) : shown;
      }),
    );
}

function linesOf({ customers, licenses, sticks, history }: Shown): string[] {
  const nameOf = (stickId: string) => sticks.find((stick) => stick.stickId === stickId)?.name ?? stickId;
  return [
    ...customers.map(({ number, name = "", mail = "", stick = "", days = "" }) =>
      [
        `Customer ${number}`,
        name,
        mail && `<${mail}>`,
        stick && `stick ${stick.toUpperCase()}`,
        days && `licenses of ${/^\d+$/.test(days) ? `${days} days` : days}`,
      ]
        .filter(Boolean)
        .join(", "),
    ),
    ...licenses.map(({ lid, seq, sub, state, exp, ring, stickId, device }) => {
      const where = device === null ? "any computer, with its passphrase" : `computer ${device.slice(0, 8)}`;
      return `License ${seq} (${lid}) for ${sub}: ${state}, until ${formatDate(exp)}, ring ${ring}, stick ${nameOf(stickId)}, ${where}`;
    }),
    ...sticks.flatMap(({ name, label, stickId, generation, at, titles }) => [
      `Stick ${name}: ${label}, id ${stickId}, generation ${generation}, made ${formatDate(at)}`,
      ...titles.map((title) => `  ${title}`),
    ]),
    ...history.map(({ at, what, lid, seq, exp }) => {
      const until = exp === null ? "" : `, until ${formatDate(exp)}`;
      return `${formatDate(at)}  ${EVENTS[what]}: ${lid}, number ${seq}${until}`;
    }),
  ];
}
