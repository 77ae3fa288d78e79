import { join } from "node:path";
import {
  afterAsking,
  afterSession,
  type ProblemReport,
  decideSurvey,
  MAX_DIAGNOSTICS,
  memoryFor,
  type Occasion,
  type Opinion,
  SurveyMemory,
  type SurveySurroundings,
  type Ticket,
  ticketOf,
  tidied,
} from "../../src-shared/feedback/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { smallStateIn } from "../../src-shared/node/small-state.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { FeedbackContent, ProblemContent } from "../../src-shared/telemetry/index.ts";

export type FeedbackPorts = {
  /** Folder of the record of which versions were asked about. */
  readonly folder: string;
  readonly version: string;
  readonly here: () => SurveySurroundings;
  /** Queued at once, and sent when the server can be reached. The error is the code of the file system. */
  readonly send: {
    readonly feedback: (feedback: FeedbackContent) => Promise<Result<void, string>>;
    readonly problem: (problem: ProblemContent) => Promise<Result<void, string>>;
  };
  /** What support needs to know, as text without secrets. */
  readonly diagnostics: () => Promise<string>;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly changed: () => void;
};

/** The survey for pilots, and the problem reports that anybody can send. */
export type Feedback = {
  /** Reads what is remembered. Until then nobody is asked. */
  readonly open: () => Promise<void>;
  /** Why the person should be asked now. */
  readonly due: () => Occasion | undefined;
  readonly answer: (opinion: Opinion) => Promise<Result<undefined, "NOT_ASKED" | "NOT_WRITTEN">>;
  /** Opens a ticket. The diagnostics that `draft` showed are sent with it. */
  readonly report: (report: ProblemReport) => Promise<Result<{ ticket: Ticket }, "NO_CONSENT" | "NOT_WRITTEN">>;
  /** The diagnostics that would be sent with a report. */
  readonly draft: () => Promise<string>;
  /** Counts the session that is ending. */
  readonly close: () => Promise<void>;
};

export function createFeedback(ports: FeedbackPorts): Feedback {
  const { version, here, send } = ports;
  const stored = smallStateIn(join(ports.folder, "feedback.json"), SurveyMemory);
  let memory: SurveyMemory | undefined;

  const due = () => memory && decideSurvey(memory, here());

  async function remember(next: SurveyMemory): Promise<Result<undefined, "NOT_WRITTEN">> {
    try {
      await stored.write(next);
      memory = next;
      return ok(undefined);
    } catch (error) {
      if (codeOf(error) === "") throw error;
      return err("NOT_WRITTEN");
    }
  }

  // The report contains exactly the text that was shown.
  let shown: string | undefined;
  const draft = async () => (shown = tidied(await ports.diagnostics()).slice(0, MAX_DIAGNOSTICS));

  return {
    async open() {
      memory = memoryFor(await stored.read(), version);
    },
    due,
    draft,
    async answer(opinion) {
      const occasion = due();
      if (!memory || !occasion) return err("NOT_ASKED");
      // The fact that the person was asked is stored first: losing an opinion is better than asking twice.
      const remembered = await remember(afterAsking(memory));
      if (!remembered.ok) return remembered;
      const sent = await send.feedback({ version, occasion, ...tidy(opinion) });
      ports.changed();
      return sent.ok ? ok(undefined) : err("NOT_WRITTEN");
    },
    async report({ words, contact }) {
      if (!here().hasConsent) return err("NO_CONSENT");
      const ticket = ticketOf(ports.randomBytes(8));
      const content = { words: tidied(words), contact: tidied(contact) };
      const sent = await send.problem({ version, ticket, ...content, diagnostics: shown ?? (await draft()) });
      return sent.ok ? ok({ ticket }) : err("NOT_WRITTEN");
    },
    async close() {
      const { ring, hasConsent, session } = here();
      // Sessions of other people are not counted: only pilots are asked.
      if (memory && ring === "ring1" && hasConsent) await remember(afterSession(memory, session));
    },
  };
}

function tidy({ score, well, badly, comment, contact }: Opinion): Opinion {
  return { score, well: tidied(well), badly: tidied(badly), comment: tidied(comment), contact: tidied(contact) };
}
