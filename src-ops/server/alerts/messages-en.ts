import type { AlertTexts } from "./alert-texts.ts";

export const EN: AlertTexts = {
  levels: { critical: "CRITICAL", warning: "WARNING", info: "INFO" },
  stages: { opened: "", repeated: "not acknowledged", resolved: "resolved", test: "test" },
  kinds: {
    signature_error: {
      brief: "Genuine file refused: its signature",
      what: "The app refused a genuine file because of its signature",
      now: "The release is halted. Compare the hash of the refused file with the register, then examine the build that refused it.",
    },
    antirollback_error: {
      brief: "Genuine file refused as too old",
      what: "The app refused a genuine file as older than one that it had already seen",
      now: "The release is halted. Find out which counter went backwards, and on which computers.",
    },
    crash: {
      what: "The app crashed",
      now: "Ask for the diagnostics of the affected computers, and find out what they have in common.",
    },
    ring_halted: {
      what: "The release was halted",
      now: "Decide: roll back, or resume with a reason.",
    },
    halt_incomplete: {
      what: "A build that has to be halted is still offered",
      now: "Publish the halt yourself, now, in each ring that is named; then find out why the server could not.",
    },
    refusal_unexplained: {
      brief: "Genuine license refused",
      what: "The app refused a genuine license, and it is not known why",
      now: "Look the license up in the register, and ask for the diagnostics of the computer.",
    },
    worse_than_before: {
      what: "The release is worse than the version before",
      now: "Look at the comparison and decide: fix it, or accept it with a signed reason.",
    },
    computer_outlier: {
      what: "One computer fails far more often than the others",
      now: "Ask for its diagnostics. The ring waits until its failures are explained.",
    },
    class_failing: {
      what: "One kind of computer fails, or was never tried",
      now: "Reproduce it on such a computer, or add one to the ring.",
    },
    computer_unheard: {
      what: "A computer installed the release and never started it",
      now: "Ask its user to start the app. If it does not start, halt the release.",
    },
    downtime: {
      what: "The app hangs or is not usable for too long",
      now: "Ask for the diagnostics of the affected computers.",
    },
    score_low: { what: "A pilot gave a low score", now: "Call the pilot today, and write down what is wrong." },
    pilots_silent: { what: "Pilots have not answered", now: "Ask them in person: the ring waits for their answers." },
    ticket_open: {
      what: "Support requests of the pilots are open or too many",
      now: "Solve the oldest one first, and close it in the ticket system.",
    },
    observation_extended: {
      what: "The observation takes longer than planned",
      now: "See what is missing. More time helps only if the computers are used.",
    },
    deadline_missed: {
      what: "A deadline was missed",
      now: "Evaluate the incident that is named, decide, and record the decision.",
    },
    decision_due: { what: "A decision is due", now: "Read the verdict and its evidence, and decide." },
    service_unavailable: {
      brief: "Update feed or ingest cannot be reached",
      what: "The update feed or the ingest cannot be reached",
      now: "Until it is reachable again, a halt may not reach the apps. Open the address yourself, then check the proxy, the disk and the certificate.",
    },
    performance_degradation: {
      what: "The app has become slower or larger",
      now: "Compare the figures with those of the previous release.",
    },
    high_error_rate: {
      what: "More operations fail than the ring's policy allows",
      now: "Find out which operation fails, and where.",
    },
    tamper_suspected: {
      what: "Somebody tried to use an altered or older file",
      now: "The release is not the cause. Find out whose computer it is.",
    },
    implausible_telemetry: {
      what: "A computer reported more than a computer can do",
      now: "The surplus does not count. Find out whose computer it is, and whether its app was changed.",
    },
    machine_silent: {
      what: "A computer no longer reports",
      now: "Ask its user. A computer that does not report counts against the release.",
    },
    channel_failed: {
      what: "An alert could not be delivered",
      now: "Repair the channel. Until then, alerts go through the other channels.",
    },
    configuration_refused: {
      what: "A changed file of the server's configuration has faults",
      now: "The server goes on with what it read before. Correct the file: it is read again by itself.",
    },
    expiring: {
      what: "Signatures or enrolments end soon",
      now: "Renew them before they end: apps refuse a feed whose signatures have ended, and computers without an enrolment no longer count.",
    },
    ring_progression: { what: "The release passed all gates of its ring", now: "" },
    milestone_reached: { what: "A milestone was reached", now: "" },
  },
  nothingHappened: "This is a test: nothing happened",
  escalated: "Nobody has acknowledged this yet, so more people are alerted.",
  resolvedNow: "No further action is needed.",
  shortTask: (who, until) => (until === "" ? who : `${who} by ${until} UTC`),
  owners: {
    "on-duty": "person on duty",
    "release-manager": "release manager",
    "pilot-contact": "contact of the pilots",
    licenses: "person responsible for licenses",
  },
  labels: {
    who: "Who",
    by: "By",
    next: "Next",
    ring: "Ring",
    version: "Version",
    at: "Since",
    incident: "Incident",
    runbook: "Runbook",
  },
};
