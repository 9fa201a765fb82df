import { type CallEdgeCase, getWithQuery, owl } from "./call-edge-case.ts";

export function searchEdgeCases(): CallEdgeCase[] {
  const found = [
    "abc",
    " abc ",
    owl.repeat(3),
    owl.repeat(64),
    "x".repeat(64),
    "%%%",
    "___",
    "\\\\\\",
    "'--",
  ];
  const rejected = [
    "",
    "ab",
    " ab ",
    owl.repeat(2),
    "e\u0301e\u0301",
    "x".repeat(65),
    owl.repeat(65),
    "ab\0",
  ];
  return [
    ...found.map((name) => ({ request: getWithQuery("/clans/search", { name }) })),
    ...rejected.map((name) => ({ request: getWithQuery("/clans/search", { name }), rejected: "query.name" })),
    { request: { path: "/clans/search" }, rejected: "query.name" },
  ];
}
