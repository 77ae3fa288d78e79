import type { GateCatalog } from "./gate-catalog.ts";

export const GATE_WORDS_EN: GateCatalog = {
  time: {
    name: "Time",
    explanation: "How long the ring has run the release. Some faults show only after days, so a release must wait.",
    sentence: ({ value, limit }) => `It has been observed for ${value} of ${limit}.`,
  },
  reporting: {
    name: "Reporting",
    explanation: "How many computers have reported lately. A computer that says nothing never counts as healthy.",
    sentence: ({ have, need }) => `Computers that report: ${have}; ${need} are needed.`,
  },
  funnel: {
    name: "Installing",
    explanation:
      "How many computers were offered the release, downloaded it, installed it and started it, each in time.",
    sentence: ({ have, need }) => `Computers that run it: ${have}; ${need} are needed.`,
  },
  unheard: {
    name: "Unheard computers",
    explanation:
      "Computers that have installed the release and never started it, or of which nothing was heard at all.",
    sentence: ({ names }) => `Nothing was heard of it on ${names}.`,
  },
  exposure: {
    name: "Use of each computer",
    explanation: "Whether nearly every computer was really used. One busy computer says nothing about the idle ones.",
    sentence: ({ have, need }) => `Computers that were used enough: ${have}; ${need} are needed.`,
  },
  outliers: {
    name: "Single computers",
    explanation:
      "Whether one computer fails far more often than chance explains, while the ring as a whole looks good.",
    sentence: ({ names }) => `One computer fails more than chance explains: ${names}.`,
  },
  classes: {
    name: "Kinds of computers",
    explanation: "Whether the release fails on one operating system or processor, and whether each kind was tried.",
    sentence: ({ names, have, need }) =>
      names === "–" ? `${have} of ${need} kinds of computers were tried.` : `One kind of computer fails: ${names}.`,
  },
  security: {
    name: "Security",
    explanation: "Whether the app refused a genuine license. This is never acceptable, so one case halts ring0.",
    sentence: ({ value }) => `A genuine license was refused, on ${value} computers for certain.`,
  },
  crashes: {
    name: "Crashes",
    explanation: "How often a part of the app ended by itself. Where crashes halt, not one is allowed.",
    sentence: ({ value }) => `The app crashed: ${value} crashes.`,
  },
  crashrate: {
    name: "Rate of crashes",
    explanation: "Crashes for each session. A storm of crashes halts the release in every ring.",
    sentence: ({ value }) => `Too many sessions crash: ${value}.`,
  },
  sequential: {
    name: "Sequential test",
    explanation: "Compares, after every operation, how likely a bad and a good release are. Strong evidence halts.",
    sentence: ({ value }) => `The failures so far speak against it: ${value}.`,
  },
  surge: {
    name: "Sudden failures",
    explanation: "The failures of the last hours alone, so that a fault that begins late is found quickly.",
    sentence: ({ value, limit }) => `${value} of operations failed in the last hours; at most ${limit} may.`,
  },
  errors: {
    name: "Failed operations",
    explanation:
      "The share of operations that fail, with the uncertainty of a small ring. The bound must be below the limit.",
    sentence: ({ value, limit, atMost }) =>
      `${value} of operations failed, and up to ${atMost} is possible; it must be below ${limit}.`,
  },
  ownerrors: {
    name: "This ring’s own failures",
    explanation: "The same for this ring alone: the good results of the ring before must not hide failures here.",
    sentence: ({ value, limit, atMost }) =>
      `In this ring alone ${value} failed, and up to ${atMost} is possible; it must be below ${limit}.`,
  },
  errorchange: {
    name: "Failures compared",
    explanation:
      "Whether operations fail more often than with the version before, or than on the computers without it.",
    sentence: ({ before, now, times }) => `Failures rose from ${before} to ${now}: ${times} as many.`,
  },
  crashchange: {
    name: "Crashes compared",
    explanation:
      "Whether the app crashes more often than with the version before, or than on the computers without it.",
    sentence: ({ before, now, times }) => `Crashes rose from ${before} to ${now} of sessions: ${times} as many.`,
  },
  starts: {
    name: "Slow starts",
    explanation: "The share of starts over five seconds, with the uncertainty of a small ring.",
    sentence: ({ value, limit }) => `${value} of starts took over 5 s; it must be below ${limit}.`,
  },
  startchange: {
    name: "Starts compared",
    explanation: "Whether the app starts more slowly than the version before did on the same computers.",
    sentence: ({ before, now, times }) => `Starts became slower, from ${before} to ${now}: ${times} as long.`,
  },
  verdicts: {
    name: "Slow license checks",
    explanation: "The share of license checks over one second, with the uncertainty of a small ring.",
    sentence: ({ value, limit }) => `${value} of license checks took over 1 s; it must be below ${limit}.`,
  },
  verdictchange: {
    name: "License checks compared",
    explanation: "Whether licenses are checked more slowly than by the version before on the same computers.",
    sentence: ({ before, now, times }) => `License checks became slower, from ${before} to ${now}: ${times} as long.`,
  },
  memory: {
    name: "Memory",
    explanation: "The most memory that the app used. More than this slows a small computer down.",
    sentence: ({ value, limit }) => `The app uses up to ${value}; it must stay below ${limit}.`,
  },
  memorychange: {
    name: "Memory compared",
    explanation: "Whether memory grows from day to day, or is clearly higher than with the version before.",
    sentence: ({ value, before, now }) =>
      before === "–"
        ? `Memory grows by ${value} a day.`
        : `Memory went from ${before} to ${now}, and grows by ${value} a day.`,
  },
  uptime: {
    name: "Uptime",
    explanation: "The share of the time in which the app could be used. Hangs and crashes count against it.",
    sentence: ({ value, limit }) => `The app could be used for ${value} of the time; at least ${limit} is needed.`,
  },
  availability: {
    name: "Availability",
    explanation: "Whether films open, and whether feed and server can be reached. A bad half hour is enough to halt.",
    sentence: ({ value, limit }) => `Opening films or reaching the service fails: ${value} against ${limit}.`,
  },
  feedback: {
    name: "Feedback",
    explanation:
      "The scores of the pilots, 0 to 10. All must answer, the median must be high, and none may be very low.",
    sentence: ({ value, limit, have, need }) =>
      have === "–"
        ? `The pilots are not content: median ${value}, ${limit} is needed.`
        : `${have} of ${need} pilots have answered.`,
  },
  tickets: {
    name: "Tickets",
    explanation: "Support requests of the pilots: how many in a week, and whether each was solved in time.",
    sentence: ({ value, limit }) => `${value} support requests this week, ${limit} are allowed; or one is late.`,
  },
  adoption: {
    name: "Adoption",
    explanation: "How many pilots really used the functions that the release is about.",
    sentence: ({ value, limit }) => `${value} of the pilots use it; ${limit} is needed.`,
  },
};
