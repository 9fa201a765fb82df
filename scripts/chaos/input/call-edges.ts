import { createHash } from "node:crypto";
import type { HttpRequest } from "../harness/http-client.ts";

/** A call with something at or over an edge. */
export interface CallEdge {
  request: HttpRequest;
  /** The field, or the reason, that a rejection has to name; taken without. */
  rejected?: string;
  /** What is stored of a clan then. */
  clan?: { name: string; region: string | null };
}

const owls = "\u{1f989}";
const json = { "content-type": "application/json" };
const uuid = "01a2088a-10e3-7d9b-a235-835b1aebf9e5";

const post = (body: string, headers = {}): HttpRequest => ({
  method: "POST",
  path: "/clans",
  headers: { ...json, ...headers },
  body,
});
const query = (path: string, parameters: Record<string, string>): HttpRequest => ({
  path: `${path}?${new URLSearchParams(parameters)}`,
});

export function callEdges(): CallEdge[] {
  return [...clanEdges(), ...pageEdges(), ...historyEdges(), ...searchEdges(), ...pathEdges(), ...keyEdges()];
}

function clanEdges(): CallEdge[] {
  const names: Record<string, string> = {
    a: "a",
    [owls.repeat(64)]: owls.repeat(64),
    ["x".repeat(64)]: "x".repeat(64),
    [` ${"y".repeat(64)}\t`]: "y".repeat(64),
    ["e\u0301".repeat(64)]: "é".repeat(64),
    __proto__x: "__proto__x",
    "\ufeffb\u3000": "b",
  };
  const noNames = [
    "",
    " ",
    "\t\n",
    "x".repeat(65),
    owls.repeat(65),
    "e\u0301".repeat(65),
    "\u0958".repeat(33),
    "a\0b",
    "a\tb",
  ];
  const regions: [json: string, stored: string | null][] = [
    ['"EU"', "EU"],
    ['"eu"', "EU"],
    ['"ABCDEFGH"', "ABCDEFGH"],
    ['"EU-12345678"', "EU-12345678"],
    ["null", null],
  ];
  const noRegions = [
    '"E"',
    '"ABCDEFGHI"',
    '"EU-"',
    '"EU-123456789"',
    '"EU "',
    '"EU\\n"',
    '"ÉU"',
    '"ſſ"',
    '""',
    "0",
    "[]",
  ];
  return [
    ...Object.entries(names).map(([sent, name]) => ({
      request: post(JSON.stringify({ name: sent })),
      clan: { name, region: null },
    })),
    ...[...noNames.map((name) => JSON.stringify(name)), '"\\ud800"', "null", "1", "[]", "{}"].map((name) => ({
      request: post(`{"name":${name}}`),
      rejected: "name",
    })),
    { request: post("{}"), rejected: "name" },
    ...regions.map(([sent, region]) => ({
      request: post(`{"name":"region","region":${sent}}`),
      clan: { name: "region", region },
    })),
    ...noRegions.map((sent) => ({ request: post(`{"name":"x","region":${sent}}`), rejected: "region" })),
  ];
}

const noSizes = [
  "0",
  "-1",
  "1001",
  "1e2",
  "1.0",
  "0x10",
  "",
  " 1",
  "1 ",
  "+1",
  "１",
  "NaN",
  "2147483648",
  "9".repeat(400),
];

function pageEdges(): CallEdge[] {
  const token = (content: unknown) => Buffer.from(JSON.stringify(content)).toString("base64url");
  const end = (created_at: string) => token([{ created_at, id: uuid }, "region "]);
  const noTokens = [
    ...[
      "",
      "x",
      "null",
      "e30",
      "W10",
      "=",
      `${end("2024-01-01T00:00:00.000000Z")}=`,
      "%",
      "x".repeat(8_000),
      token([{}, ""]),
    ],
    ...[
      "0000-01-01T00:00:00.000000Z",
      "2015-02-30T00:00:00.000000Z",
      "10000-01-01T00:00:00.000000Z",
      "infinity",
    ].map(end),
    ...["2024-01-01T24:00:00.000000Z", "2024-01-01T00:00:60.000000Z", "2024-01-01T00:00:00.000000+02:00"].map(
      end,
    ),
    token([{ created_at: "2024-01-01T00:00:00.000000Z", id: uuid }, "region EU"]),
    token([{ created_at: "2024-01-01T00:00:00.000000Z", id: "x" }, "region "]),
  ];
  const sizes = ["1", "1000", "0001", "50"].map((page_size) => ({
    request: query("/clans", { page_size }),
  }));
  const ends = ["0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "2024-02-29T23:59:59.999999Z"];
  return [
    ...sizes,
    ...noSizes.map((page_size) => ({ request: query("/clans", { page_size }), rejected: "query.page_size" })),
    { request: { path: "/clans?page_size=1&page_size=2" }, rejected: "query.page_size" },
    ...ends.map((created_at) => ({ request: query("/clans", { page_token: end(created_at) }) })),
    ...noTokens.map((page_token) => ({
      request: query("/clans", { page_token }),
      rejected: "INVALID_PAGE_TOKEN",
    })),
  ];
}

function historyEdges(): CallEdge[] {
  const history = (parameters: Record<string, string>) =>
    query("/user-activity", { user_id: "a", ...parameters });
  const noDays = [
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
    ...noDays.flatMap((day) => [
      { request: history({ from: day }), rejected: "query.from" },
      { request: history({ to: day }), rejected: "query.to" },
    ]),
    ...noSizes.map((page_size) => ({ request: history({ page_size }), rejected: "query.page_size" })),
    { request: history({ user_id: owls.repeat(128) }) },
    ...["", " ", owls.repeat(129), "x".repeat(129), "\0", "."].map((user_id) => ({
      request: history({ user_id }),
      rejected: "query.user_id",
    })),
  ];
}

function searchEdges(): CallEdge[] {
  const found = [
    "abc",
    " abc ",
    owls.repeat(3),
    owls.repeat(64),
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
    owls.repeat(2),
    "e\u0301e\u0301",
    "x".repeat(65),
    owls.repeat(65),
    "ab\0",
  ];
  return [
    ...found.map((name) => ({ request: query("/clans/search", { name }) })),
    ...rejected.map((name) => ({ request: query("/clans/search", { name }), rejected: "query.name" })),
    { request: { path: "/clans/search" }, rejected: "query.name" },
  ];
}

function pathEdges(): CallEdge[] {
  const ids = [uuid, uuid.toUpperCase(), "00000000-0000-0000-0000-000000000000"];
  const noIds = [
    uuid.slice(1),
    `${uuid}0`,
    `{${uuid}}`,
    uuid.replaceAll("-", ""),
    "0",
    " ",
    "x".repeat(9_000),
  ];
  const users = ["a", owls.repeat(128), "x".repeat(128), "a/b", "..."];
  const noUsers = [owls.repeat(129), "x".repeat(129), " a", "\0"];
  const user = (id: string) => ({ method: "DELETE", path: `/users/${encodeURIComponent(id)}/activity` });
  return ["GET", "DELETE"]
    .flatMap((method): CallEdge[] => [
      ...ids.map((id) => ({ request: { method, path: `/clans/${id}` } })),
      ...noIds.map((id) => ({
        request: { method, path: `/clans/${encodeURIComponent(id)}` },
        rejected: "path.id",
      })),
    ])
    .concat(
      users.map((id) => ({ request: user(id) })),
      noUsers.map((id) => ({ request: user(id), rejected: "path.user_id" })),
    );
}

function keyEdges(): CallEdge[] {
  const key = (value: string) => ({ "idempotency-key": value });
  const keyed = (value: string, rejected?: string): CallEdge => {
    // A key's first request is stored, and no other one has its name.
    const name = createHash("sha256").update(value).digest("hex").slice(0, 60);
    const request = post(JSON.stringify({ name }), key(value));
    return rejected === undefined ? { request, clan: { name, region: null } } : { request, rejected };
  };
  return [
    ...["k", "k".repeat(255), "~!"].map((value) => keyed(value)),
    ...["", "k".repeat(256), "a b", "é"].map((value) => keyed(value, "header.idempotency-key")),
  ];
}
