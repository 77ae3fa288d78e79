import { type Command, Option } from "commander";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { textLike, withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";

const INCIDENT_ID = textLike(/^[a-z0-9_-]{1,80}$/, "the incident's name, as its alert shows it");
const TICKET_ID = textLike(/^[A-Za-z0-9._-]{1,64}$/, "1 to 64 of the characters A-Z a-z 0-9 . _ -");

/** The commands that maintain a ring server's data: aggregates, incidents and tickets. */
export function addRingData(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("rebuild")))
    .description("recompute the aggregates from the raw events")
    .action((options: RingDataOptions) =>
      host.run(options, () =>
        withRingData(options, async (store) => {
          const { events } = await store.rebuild();
          return ok({ json: { events }, lines: [`Recomputed from ${events} events.`] });
        }),
      ),
    );
  withRingStoreOptions(withJson(group.command("answer")))
    .argument("<incident>", "the incident's name in the alert", INCIDENT_ID)
    .description("acknowledge an incident: its alerts are not repeated")
    .action((id: string, options: RingDataOptions) =>
      host.run(options, () =>
        withRingData(options, async ({ incidents }) => {
          const answered = await incidents.acknowledge(id, context.now() * 1_000);
          if (!answered) return fail("INCIDENT_UNKNOWN", `No incident ${id} is waiting to be acknowledged.`);
          return ok({ json: { id }, lines: [`${id} is acknowledged.`] });
        }),
      ),
    );
  const ticket = group.command("ticket").description("support tickets of a ring, which its ticket gate counts");
  withRingStoreOptions(
    withJson(ticket.command("open").argument("<id>", "the ticket's name in your ticket system", TICKET_ID)),
  )
    .description("record that a ticket was opened now; a known ticket does not change")
    .addOption(new Option("--ring <ring>", "the ring of the ticket").choices(RINGS).makeOptionMandatory())
    .action((id: string, options: RingDataOptions & { ring: Ring }) =>
      host.run(options, () =>
        withRingData(options, async (store) => {
          const known = await store.ticket(id);
          const openedAt = known?.openedAt ?? context.now() * 1_000;
          await store.setTicket(id, known?.ring ?? options.ring, openedAt, known?.closedAt);
          return ok({ json: { id, openedAt, closedAt: known?.closedAt ?? null }, lines: [`${id} is open.`] });
        }),
      ),
    );
  withRingStoreOptions(
    withJson(ticket.command("close").argument("<id>", "the ticket's name in your ticket system", TICKET_ID)),
  )
    .description("record that a ticket was closed now")
    .action((id: string, options: RingDataOptions) =>
      host.run(options, () =>
        withRingData(options, async (store) => {
          const known = await store.ticket(id);
          if (!known)
            return fail("TICKET_UNKNOWN", `No ticket ${id} was opened: check its name in your ticket system.`);
          const closedAt = known.closedAt ?? context.now() * 1_000;
          await store.setTicket(id, known.ring, known.openedAt, closedAt);
          return ok({ json: { id, openedAt: known.openedAt, closedAt }, lines: [`${id} is closed.`] });
        }),
      ),
    );
}
