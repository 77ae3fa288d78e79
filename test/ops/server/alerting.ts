/** An alerting configuration with somebody on call, as `ring setup` takes it. */
export const ALERTS = {
  slack: { channels: { critical: "#c", warnings: "#w", info: "#i" } },
  email: {
    from: "rings@example.org",
    smtp: { host: "127.0.0.1" },
    recipients: { critical: ["head@example.org"], escalation: [] },
    onCall: {
      zone: "Europe/Paris",
      people: { "person-3": ["eve@example.org"] },
      hours: [{ person: "person-3", days: ["mon"], from: 8, to: 20 }],
    },
  },
};
