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
  const wholeNames = ["a", " ab ", "%", owl.repeat(64), "x".repeat(64)];
  const rejectedNames = ["", " ", "x".repeat(65), owl.repeat(65), "a\0"];
  return [
    ...wholeNames.map((name) => ({ request: getWithQuery("/clans", { name, region: "EU" }) })),
    ...rejectedNames.map((name) => ({ request: getWithQuery("/clans", { name }), rejected: "query.name" })),
    ...found.map((name) => ({ request: getWithQuery("/clans/search", { name }) })),
    ...rejected.map((name) => ({ request: getWithQuery("/clans/search", { name }), rejected: "query.name" })),
    { request: { path: "/clans/search" }, rejected: "query.name" },
  ];
}
