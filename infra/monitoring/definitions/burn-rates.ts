/** Both windows of a tier must burn the budget at its rate: the long one shows that it matters, the short one that it goes on. */
export const burnRates = [
  {
    id: "fast",
    rate: 14.4,
    long: "1h",
    short: "5m",
    severity: "CRITICAL",
    pace: "2 % of the month's error budget is spent in an hour",
  },
  {
    id: "slow",
    rate: 6,
    long: "6h",
    short: "30m",
    severity: "ERROR",
    pace: "5 % of the month's error budget is spent in six hours",
  },
  {
    id: "creeping",
    rate: 3,
    long: "24h",
    short: "2h",
    severity: "WARNING",
    pace: "10 % of the month's error budget is spent in a day",
  },
] as const;
