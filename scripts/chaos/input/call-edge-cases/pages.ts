import { type CallEdgeCase, getWithQuery, invalidPageSizes, uuid } from "./call-edge-case.ts";

export function pageEdgeCases(): CallEdgeCase[] {
  const token = (content: unknown) => Buffer.from(JSON.stringify(content)).toString("base64url");
  const tokenAfter = (created_at: string) => token([{ created_at, id: uuid }, "region "]);
  const invalidTokens = [
    ...[
      "",
      "x",
      "null",
      "e30",
      "W10",
      "=",
      `${tokenAfter("2024-01-01T00:00:00.000000Z")}=`,
      "%",
      "x".repeat(8_000),
      token([{}, ""]),
    ],
    ...[
      "0000-01-01T00:00:00.000000Z",
      "2015-02-30T00:00:00.000000Z",
      "10000-01-01T00:00:00.000000Z",
      "infinity",
    ].map(tokenAfter),
    ...["2024-01-01T24:00:00.000000Z", "2024-01-01T00:00:60.000000Z", "2024-01-01T00:00:00.000000+02:00"].map(
      tokenAfter,
    ),
    token([{ created_at: "2024-01-01T00:00:00.000000Z", id: uuid }, "region EU"]),
    token([{ created_at: "2024-01-01T00:00:00.000000Z", id: "x" }, "region "]),
  ];
  const sizes = ["1", "1000", "0001", "50"].map((page_size) => ({
    request: getWithQuery("/clans", { page_size }),
  }));
  const timestamps = [
    "0001-01-01T00:00:00.000000Z",
    "9999-12-31T23:59:59.999999Z",
    "2024-02-29T23:59:59.999999Z",
  ];
  return [
    ...sizes,
    ...invalidPageSizes.map((page_size) => ({
      request: getWithQuery("/clans", { page_size }),
      rejected: "query.page_size",
    })),
    { request: { path: "/clans?page_size=1&page_size=2" }, rejected: "query.page_size" },
    ...timestamps.map((created_at) => ({
      request: getWithQuery("/clans", { page_token: tokenAfter(created_at) }),
    })),
    ...invalidTokens.map((page_token) => ({
      request: getWithQuery("/clans", { page_token }),
      rejected: "INVALID_PAGE_TOKEN",
    })),
  ];
}
