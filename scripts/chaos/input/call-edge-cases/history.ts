import { type CallEdgeCase, getWithQuery, invalidPageSizes, owl } from "./call-edge-case.ts";

export function historyEdgeCases(): CallEdgeCase[] {
  const history = (parameters: Record<string, string>) =>
    getWithQuery("/user-activity", { user_id: "a", ...parameters });
  const invalidDays = [
    "",
    "0000-01-01",
    "10000-01-01",
    "2015-02-30",
    "2100-02-29",
    "2024-1-1",
    "2024-01-01T00:00:00Z",
    "today",
  ];
  const days = ["0001-01-01", "2015-01-01", "2024-02-29", "9999-12-31"];
  return [
    ...days.flatMap((day) => [{ request: history({ from: day }) }, { request: history({ to: day }) }]),
    { request: history({ from: "2024-02-29", to: "2024-02-29" }) },
    { request: history({ from: "2024-03-01", to: "2024-02-29" }), rejected: "query.from" },
    ...invalidDays.flatMap((day) => [
      { request: history({ from: day }), rejected: "query.from" },
      { request: history({ to: day }), rejected: "query.to" },
    ]),
    ...invalidPageSizes.map((page_size) => ({
      request: history({ page_size }),
      rejected: "query.page_size",
    })),
    { request: history({ user_id: owl.repeat(128) }) },
    ...["", " ", owl.repeat(129), "x".repeat(129), "\0", "."].map((user_id) => ({
      request: history({ user_id }),
      rejected: "query.user_id",
    })),
  ];
}
