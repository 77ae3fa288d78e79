/** The texts of the consent, and of what is sent with it. */
export const telemetryEn = {
  title: "Privacy",
  askTitle: "May the app report how well it works?",
  invited: {
    ring0: "You are enrolled as a member of staff: you get new versions first.",
    ring1: "You are enrolled as a pilot: you get new versions before everyone else.",
    ga: "Your publisher asks for your help.",
  },
  askBody:
    "If you agree, the app tells your publisher every five minutes whether it starts, plays and updates, how fast, how much memory it takes, and which of its features are used. Now and then it asks pilots for their opinion.",
  never:
    "It never reports what you watch, your name, the name of this computer, folders, licenses or keys. A random name identifies this computer.",
  askLater:
    "You can change your mind in the settings at any time: what is kept here is then deleted, and the server is asked to erase the rest. Only its daily totals stay, without the name of any computer.",
  agree: "I agree",
  refuse: "No, thank you",
  show: "Show what is sent",
  hide: "Hide what is sent",
  share: "Let the app report how well it works",
  on: "On: the app reports to your publisher how well it works.",
  off: "Off: nothing is kept, nothing is sent.",
  withdrawing: "Deleting what is kept here…",
  erasures: {
    waiting:
      "What was kept here is deleted. The server will be asked to erase what it has as soon as it can be reached.",
    done: "What was kept here is deleted, and the server has confirmed that it erases what it has.",
  },
  health: {
    title: "Health of this computer",
    start: "Start",
    uptime: "Running for",
    down: (time: string) => `${time} of it not responding`,
    memory: "Memory",
    memoryIs: (now: string, highest: string) => `${now}, ${highest} at most`,
    cpu: "Processor",
    faults: "Faults in the log",
    security: "Refused signatures and rollbacks",
    crashes: "Crashes",
    queue: "Waiting to be sent",
    events: (events: string, bytes: string) => `${events} (${bytes})`,
    delivered: "Last delivery",
    ago: (time: string) => `${time} ago`,
    notYet: "Not in this session",
    unknown: "Not measured in this session",
    lost: "Events lost",
    loading: "Measuring…",
  },
  preparing: "Preparing the next batch…",
  previewBody: "This is the exact text of the next batch, as it would be sent now.",
  kinds: {
    logs: "Events",
    metrics: "The same figures, for standard tools",
    file: "File for the system's own monitoring",
  },
  to: (url: string) => `Sent to ${url}`,
  stays: "Stays on this computer",
  signed: "The enrolment from your license and a signature of this computer are sent with it.",
};
