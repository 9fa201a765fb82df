import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { gzipSync } from "node:zlib";
import { activity, csvHeader, toCsv, toNdjson } from "@clan-platform/scripts/testkit/activity.ts";
import { get, listen, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, type TestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import type { FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";

const csv = { "content-type": "text/csv" };
const ndjson = { "content-type": "application/x-ndjson" };
const gzip = { "content-encoding": "gzip" };

type Body = string | Buffer | ReadableStream;

async function startImporting(environment: NodeJS.ProcessEnv = {}) {
  const logged: string[] = [];
  const log = { write: (line: string) => void logged.push(line) };
  const { app, database } = await startTestApp(environment, { log });
  const url = await listen(app);
  // It shares its process with the tests: what they have just packed counts as its load.
  await expect.poll(async () => (await get(app, "/health/ready")).status).toBe(200);
  const sendTo = async (query: string, body: Body, headers: Record<string, string> = csv) => {
    const init = { method: "POST", headers, body, duplex: "half" } as RequestInit;
    const answer = await fetch(`${url}/user-activity/import${query}`, init);
    // biome-ignore lint/suspicious/noExplicitAny: whatever the service answers
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
  };
  const send = (body: Body, headers?: Record<string, string>) => sendTo("", body, headers);
  return { app, database, url, send, sendTo, logged };
}

async function countRows({ adminUrl }: TestDatabase): Promise<number> {
  const admin = await connect(adminUrl);
  return (await admin.query("select from user_activity")).rowCount ?? 0;
}

const historyOf = async (app: FastifyInstance, userId: string) =>
  (await get(app, `/user-activity?user_id=${encodeURIComponent(userId)}`)).body.rows;

/** Rows that are enough for an import to begin, and to take one of the places. */
const begun = 2_000;

const players = (count: number) =>
  Array.from({ length: count }, (_, n) => activity({ user_id: `player-${n}` }));

const nothing = {
  inserted: 0,
  updated: 0,
  unchanged: 0,
  repeated: 0,
  warnings: 0,
  rejected: 0,
  rejects: [],
  reject_groups: [],
  country_placeholders: 0,
  ignored_columns: [],
};

describe("an import", () => {
  it.each([
    ["CSV", toCsv, csv],
    ["NDJSON", toNdjson, ndjson],
    ["CSV with a charset", toCsv, { "content-type": "text/csv; charset=UTF-8" }],
  ])(
    "of %s stores rows, updates them, and repeats without a change; plain and gzip",
    async (_, write, headers) => {
      const { app, send } = await startImporting();
      const rows = players(3_000);
      expect(await send(write(rows), headers)).toMatchObject({
        status: 200,
        body: { ...nothing, received: 3_000, inserted: 3_000 },
      });
      const packed = gzipSync(write(rows));
      expect((await send(packed, { ...headers, ...gzip })).body).toEqual({
        ...nothing,
        received: 3_000,
        unchanged: 3_000,
      });
      const changed = [
        ...rows.slice(1),
        activity({ user_id: "player-7", country: "", iap_revenue: "12.50" }),
      ];
      expect((await send(write(changed), headers)).body).toMatchObject({
        received: 3_000,
        updated: 1,
        unchanged: 2_998,
        repeated: 1,
      });
      expect(await historyOf(app, "player-7")).toMatchObject([{ country: null, iap_revenue: 12.5 }]);
      expect(await historyOf(app, "player-0")).toMatchObject([activity({ user_id: "player-0" })]);
    },
  );

  it("takes what tools write: a byte order mark, CRLF, quotes, columns in another order, blank lines, no last line end", async () => {
    const { app, send } = await startImporting();
    const columns = csvHeader.split(",").toReversed();
    const line = (row: Record<string, unknown>) => columns.map((column) => `"${row[column]}"`).join(",");
    const body = `\ufeff${columns.join(",").toUpperCase()}\r\n\r\n${line(activity({ user_id: "a,b" }))}\r\n${line(
      activity({ user_id: "back\\slash", total_session_count: "3.0" }),
    )}`;
    expect((await send(body)).body).toMatchObject({ received: 2, inserted: 2, rejected: 0 });
    expect(await historyOf(app, "a,b")).toHaveLength(1);
    expect(await historyOf(app, "back\\slash")).toMatchObject([{ total_session_count: 3 }]);
    const withMark = `\ufeff${toNdjson([activity({ user_id: "ünï" })])}`;
    expect((await send(withMark, ndjson)).body).toMatchObject({ inserted: 1, rejected: 0 });
    const belowBlanks = ` \t\r\n\ufeff\n${toCsv([activity({ user_id: "below-blanks" })])}`;
    expect((await send(belowBlanks)).body).toMatchObject({ received: 1, inserted: 1, rejected: 0 });
  });

  it("stores the valid rows and reports line, field and reason of the others", async () => {
    const { database, send } = await startImporting();
    const good = toCsv([activity()]).trimEnd();
    const fields = good.split("\n")[1] ?? "";
    const body = Buffer.concat([
      Buffer.from(
        [
          good,
          fields.replace("ANDROID", "WEB").replace("TR", "Turkye"),
          "",
          fields.replace(",", ""),
          '"open',
          "",
        ].join("\n"),
      ),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(fields.replace("ANDROID", "IOS")),
    ]);
    expect((await send(body)).body).toEqual({
      ...nothing,
      received: 6,
      inserted: 2,
      rejected: 4,
      rejects: [
        { line: 3, field: "platform", message: "must be ANDROID or IOS; and 1 more fault" },
        { line: 5, field: "line", message: "has 13 columns, and the header 14" },
        { line: 6, field: "line", message: "has a quotation mark out of place" },
        { line: 7, field: "line", message: "is not UTF-8" },
      ],
      reject_groups: [
        {
          field: "platform",
          reason: "must be ANDROID or IOS",
          count: 1,
          example: { line: 3, message: "must be ANDROID or IOS" },
        },
        ...[
          [5, "has 13 columns, and the header 14"],
          [6, "has a quotation mark out of place"],
          [7, "is not UTF-8"],
        ].map(([line, message]) => ({
          field: "line",
          reason: message,
          count: 1,
          example: { line, message },
        })),
      ],
    });
    expect(await countRows(database)).toBe(2);
    const lines = ["{", "[]", '"x"', `{"a":1}${" ".repeat(9)}`];
    const { body: report } = await send(lines.join("\n"), ndjson);
    expect([report.received, report.rejected]).toEqual([4, 4]);
    expect(report.rejects.slice(0, 3)).toEqual([
      { line: 1, field: "line", message: "is not valid JSON" },
      { line: 2, field: "line", message: "must be an object with the fields of a row" },
      { line: 3, field: "line", message: "must be an object with the fields of a row" },
    ]);
  });

  it("loses no row in a line with a bare carriage return", async () => {
    const { send } = await startImporting();
    const [, line = ""] = toCsv([activity({ user_id: '"quoted"' })]).split("\n");
    for (const inOne of [`${line}\r${line}`, `${line.replaceAll('"', "")}\r${line}`]) {
      const { body } = await send(`${csvHeader}\n${inOne}\n`);
      expect([body.received, body.inserted, body.rejected]).toEqual([1, 0, 1]);
    }
  });

  it("takes countries as exports write them, and leaves out other columns, and says so", async () => {
    const { app, send } = await startImporting();
    const rows = [
      activity({ user_id: "a", country: "Côte d’Ivoire", app_version: "1.2" }),
      activity({ user_id: "b", country: "NULL", app_version: "1.2" }),
    ];
    const columns = [...csvHeader.split(","), "app_version"];
    const lines = [columns, ...rows.map((row) => columns.map((name) => (row as never)[name]))];
    const body = lines.map((cells) => cells.join(";")).join("\n");
    const expected = { received: 2, rejected: 0, country_placeholders: 1, ignored_columns: ["app_version"] };
    expect((await send(body)).body).toMatchObject({ ...expected, inserted: 2 });
    expect((await send(toNdjson(rows), ndjson)).body).toMatchObject({ ...expected, unchanged: 2 });
    expect(await historyOf(app, "a")).toMatchObject([{ country: "CI" }]);
    expect(await historyOf(app, "b")).toMatchObject([{ country: null }]);
  });

  it("names a hundred of thousands of other fields", async () => {
    const { send } = await startImporting();
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`field${n}`, n]));
    const { body } = await send(toNdjson([activity(many)]), ndjson);
    expect([body.inserted, body.ignored_columns.length]).toEqual([1, 100]);
  });

  it("groups rejects by reason, whatever is particular to each, the most frequent first", async () => {
    const { send } = await startImporting();
    const rows = Array.from({ length: 400 }, (_, n) =>
      activity({ user_id: `p${n}`, country: n % 2 ? `Turkye${n}` : "TR", platform: n === 0 ? "WEB" : "IOS" }),
    );
    const { body } = await send(toCsv(rows));
    expect([body.received, body.inserted, body.rejected, body.rejects.length]).toEqual([400, 199, 201, 100]);
    expect(body.reject_groups).toEqual([
      {
        field: "country",
        reason: "must be an ISO 3166-1 code or the English name of a country, null or empty",
        count: 200,
        example: { line: 3, message: expect.stringMatching(/null or empty; the nearest is Türkiye$/) },
      },
      expect.objectContaining({ field: "platform", count: 1 }),
    ]);
  });

  it("takes the line before the header that Excel wants, and numbers lines as they are in the body", async () => {
    const { send } = await startImporting();
    const body = `sep=;\n${toCsv(players(2)).replaceAll(",", ";")}x\n`;
    expect((await send(body)).body).toMatchObject({ inserted: 2, rejects: [{ line: 5 }] });
    const chunks = new ReadableStream({
      start(controller) {
        for (const text of ["\ufeffsep=;\r\n", body.slice(6)]) controller.enqueue(Buffer.from(text));
        controller.close();
      },
    });
    expect((await send(chunks)).body).toMatchObject({ unchanged: 2, rejects: [{ line: 5 }] });
  });

  it("counts all rejects and lists the first 100", async () => {
    const { send } = await startImporting();
    const { body } = await send("x\n".repeat(5_000), ndjson);
    expect([body.received, body.rejected, body.rejects.length]).toEqual([5_000, 5_000, 100]);
    expect(body.rejects[99]).toEqual({ line: 100, field: "line", message: "is not valid JSON" });
  });

  it("is refused with more than 10,000 rejects, or max_rejects, and stores nothing then", async () => {
    const { database, sendTo } = await startImporting();
    const rows = players(20).map((row, n) => (n % 4 === 0 ? { ...row, platform: "WEB" } : row));
    const few = toCsv(rows);
    const refused = await sendTo("?max_rejects=4", few);
    expect([refused.status, refused.body.reason]).toEqual([422, "TOO_MANY_REJECTS"]);
    expect(refused.body.detail).toMatch(
      /^More than 4 of the first 20 rows are rejected.*: platform must be ANDROID or IOS$/,
    );
    expect(refused.body.detail).toContain("5 of them, the first in line 2");
    expect((await sendTo("?max_rejects=0", few)).status).toBe(422);
    expect(await countRows(database)).toBe(0);
    expect((await sendTo("?max_rejects=5", few)).body).toMatchObject({ inserted: 15, rejected: 5 });
    for (const wrong of ["-1", "1000001", "x", ""]) {
      expect((await sendTo(`?max_rejects=${wrong}`, few)).status).toBe(400);
    }
    const many = gzipSync("x\n".repeat(1_100_000));
    const bomb = await sendTo("", many, { ...ndjson, ...gzip });
    expect([bomb.status, bomb.body.reason]).toEqual([422, "TOO_MANY_REJECTS"]);
    expect(bomb.body.detail).toMatch(/^More than 10000 of the first 10\d\d\d rows/);
    expect(await countRows(database)).toBe(15);
  });

  it("keeps rows with more results than matches, and counts them", async () => {
    const { send } = await startImporting();
    const rows = [activity({ match_end_count: 3 }), activity({ platform: "IOS" })];
    expect((await send(toCsv(rows))).body).toMatchObject({ inserted: 2, warnings: 1 });
  });

  it("keeps amounts to the last digit, in both formats", async () => {
    const { database, send } = await startImporting();
    const digits = "0.12345678901234567890123456789012345678";
    await send(toCsv([activity({ ad_revenue: digits, iap_revenue: "1e-7" })]));
    const line = toNdjson([activity({ platform: "IOS", ad_revenue: "X" })]).replace('"X"', digits);
    await send(line, ndjson);
    const admin = await connect(database.adminUrl);
    const { rows } = await admin.query(
      "select ad_revenue::text, iap_revenue::text from user_activity order by platform",
    );
    expect(rows).toEqual([
      { ad_revenue: digits, iap_revenue: "0.0000001" },
      { ad_revenue: digits, iap_revenue: "4.99" },
    ]);
  });

  it("with an Idempotency-Key is answered once, also when it comes packed the second time", async () => {
    const { database, send } = await startImporting();
    const key = { "idempotency-key": "part-1" };
    const body = toCsv(players(10));
    const first = await send(body, { ...csv, ...key });
    const again = await send(gzipSync(body), { ...csv, ...key, ...gzip });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    const other = await send(toCsv(players(11)), { ...csv, ...key });
    expect([other.status, other.body.reason]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
    expect(await countRows(database)).toBe(10);
  });

  it("gets the first answer again with another max_rejects too: it is stored", async () => {
    const { database, sendTo } = await startImporting();
    const headers = { ...ndjson, "idempotency-key": "part-1" };
    const body = `x\nx\n${toNdjson(players(3))}`;
    const first = await sendTo("?max_rejects=2", body, headers);
    expect(first.body).toMatchObject({ inserted: 3, rejected: 2 });
    const again = await sendTo("?max_rejects=0", body, headers);
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    const other = await sendTo("?max_rejects=0", `x\n${body}`, headers);
    expect([other.status, other.body.reason]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
    expect(await countRows(database)).toBe(3);
  });
});

it.each(["", "text", "text/", "application/json"])(
  "names the types that it takes when the type is %j",
  async (type) => {
    const { send } = await startImporting();
    const { status, body } = await send(toCsv(players(1)), { "content-type": type });
    expect([status, body.reason]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
    expect(body.detail).toBe("Send the body as application/x-ndjson or text/csv.");
  },
);

it("takes an empty Content-Encoding for none", async () => {
  const { send } = await startImporting();
  const { status, body } = await send(toCsv(players(1)), { ...csv, "content-encoding": "" });
  expect([status, body.inserted]).toEqual([200, 1]);
});

it("repeats an answer that was stored before the answer had its newest fields", async () => {
  const { database, send } = await startImporting();
  const key = { "idempotency-key": "part-1" };
  const { body } = await send(toCsv(players(10)), { ...csv, ...key });
  const admin = await connect(database.adminUrl);
  await admin.query(
    "update idempotency_keys set body = (body::jsonb - 'reject_groups' - 'ignored_columns')::json",
  );
  expect(await send(toCsv(players(10)), { ...csv, ...key })).toMatchObject({ status: 200, body });
});

describe("is refused as a whole, and leaves nothing:", () => {
  const good = toCsv(players(2_000));
  const packed = gzipSync(good);
  it.each<[string, Body, Record<string, string>, number, string]>([
    ["a gzip that is cut off", packed.subarray(0, -12), { ...csv, ...gzip }, 400, "INVALID_GZIP"],
    ["a gzip with a wrong checksum", spoilt(packed), { ...csv, ...gzip }, 400, "INVALID_GZIP"],
    [
      "a gzip with something after it",
      Buffer.concat([packed, Buffer.from("\0\0x")]),
      { ...csv, ...gzip },
      400,
      "INVALID_GZIP",
    ],
    ["what is no gzip", good, { ...csv, ...gzip }, 400, "INVALID_GZIP"],
    ["another compression", good, { ...csv, "content-encoding": "br" }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["another charset", good, { "content-type": "text/csv; charset=utf-16" }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["another type", good, { "content-type": "application/json" }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["no header", good.slice(csvHeader.length + 1), csv, 400, "INVALID_HEADER"],
    ["a header without a column", good.replace("country,", ""), csv, 400, "INVALID_HEADER"],
    ["a header with another column", good.replace("country", "county"), csv, 400, "INVALID_HEADER"],
    ["a header with a column twice", good.replace("country", "country,country"), csv, 400, "INVALID_HEADER"],
    ["an empty body", "", csv, 400, "EMPTY_BODY"],
    ["nothing but the line that Excel wants", "sep=;\n", csv, 400, "EMPTY_BODY"],
    ["an empty NDJSON", "\n\n", ndjson, 400, "EMPTY_BODY"],
    ["10 million newlines", Buffer.alloc(10_000_000, "\n"), ndjson, 413, "TOO_MANY_LINES"],
    [
      "10 million newlines after good rows",
      Buffer.concat([Buffer.from(good), Buffer.alloc(10_000_000, "\n")]),
      csv,
      413,
      "TOO_MANY_LINES",
    ],
    ["a line of 40 MiB", Buffer.alloc(40 * 2 ** 20, "a"), ndjson, 413, "BODY_TOO_LARGE"],
    [
      "a line of 40 MiB after good rows",
      Buffer.concat([Buffer.from(good), Buffer.alloc(40 * 2 ** 20, "a")]),
      csv,
      413,
      "BODY_TOO_LARGE",
    ],
    [
      "a line of 40 MiB, packed",
      gzipSync(Buffer.alloc(40 * 2 ** 20, "a")),
      { ...ndjson, ...gzip },
      413,
      "LINE_TOO_LONG",
    ],
    [
      "a line of 40 MiB, of unknown length",
      chunked(Buffer.alloc(40 * 2 ** 20, "a")),
      ndjson,
      413,
      "LINE_TOO_LONG",
    ],
    [
      "more than 32 MiB, of unknown length",
      chunked(Buffer.from(good.repeat(260))),
      csv,
      413,
      "BODY_TOO_LARGE",
    ],
  ])(
    "%s",
    async (_, body, headers, status, reason) => {
      const { app, database, send } = await startImporting();
      const answer = await send(body, headers);
      expect([answer.status, answer.body.reason]).toEqual([status, reason]);
      if (reason === "BODY_TOO_LARGE") expect(answer.body.detail).toContain("32 MiB");
      expect(await countRows(database)).toBe(0);
      expect((await get(app, "/health/ready")).status).toBe(200);
    },
    30_000,
  );

  it("4 GB of zeros in gzip, and as much in lines, without the memory for it", async () => {
    const { database, send } = await startImporting();
    const million = gzipSync(Buffer.alloc(2 ** 20));
    const zeros = Buffer.concat(Array.from({ length: 4_096 }, () => million));
    expect((await send(zeros, { ...csv, ...gzip })).body.reason).toBe("LINE_TOO_LONG");
    // Lines under the limit, so that the unpacked size is what counts.
    const lines = gzipSync(Buffer.from(`${" ".repeat(60_000)}\n`.repeat(1_000)));
    const before = process.memoryUsage().rss;
    const bomb = Buffer.concat(Array.from({ length: 70 }, () => lines));
    const { status, body } = await send(bomb, { ...ndjson, ...gzip });
    expect([status, body.reason]).toEqual([413, "BODY_TOO_LARGE"]);
    expect(body.detail).toContain("256 MiB");
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
    expect(await countRows(database)).toBe(0);
  }, 300_000);

  it.each([
    ["closes", (socket: import("node:net").Socket) => socket.destroy()],
    ["stops sending", (socket: import("node:net").Socket) => socket.end()],
  ])("a body whose client %s in the middle", async (_, breakOff) => {
    const { app, database, url } = await startImporting();
    const admin = await connect(database.adminUrl);
    const socket = connectSocket(Number(new URL(url).port), "127.0.0.1");
    let answer = "";
    socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
    socket.write(
      `POST /user-activity/import HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 999999\r\n\r\n${good}`,
    );
    const staging = () =>
      admin.query("select from pg_stat_activity where query ilike 'copy staged%' and state = 'active'");
    await expect.poll(async () => (await staging()).rowCount).toBe(1);
    breakOff(socket);
    await once(socket, "close");
    if (answer) expect(answer).toMatch(/^HTTP\/1.1 400 /);
    await expect.poll(async () => (await staging()).rowCount).toBe(0);
    expect(await countRows(database)).toBe(0);
    expect((await get(app, "/health/ready")).status).toBe(200);
  });
});

it("takes only so many at once, and leaves connections for the other requests", async () => {
  const { app, send } = await startImporting({ POOL_MAX: "3" });
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const slow = new ReadableStream({
    async start(controller) {
      controller.enqueue(Buffer.from(toCsv(players(begun))));
      await finished;
      controller.close();
    },
  });
  const first = send(slow);
  await expect
    .poll(async () => (await send(toCsv(players(2)))).body.reason, { timeout: 5_000 })
    .toBe("TOO_MANY_IMPORTS");
  const second = await send(toCsv(players(2)));
  expect([second.status, second.headers.get("retry-after")]).toEqual([503, "5"]);
  expect((await get(app, "/clans")).status).toBe(200);
  finish();
  expect((await first).body.received).toBe(begun);
  expect((await send(toCsv(players(2)))).status).toBe(200);
});

const shortly = {
  IMPORT_TIMEOUT_MS: "1500",
  HANDLER_TIMEOUT_MS: "1400",
  STATEMENT_TIMEOUT_MS: "1200",
  CONNECT_TIMEOUT_MS: "1000",
  LOCK_TIMEOUT_MS: "1000",
};

it.each([
  ["has begun", begun, 503, "TIMEOUT"],
  ["has not begun", 1, 408, "REQUEST_TIMEOUT"],
])(
  "that %s is given up after IMPORT_TIMEOUT_MS when the sender drips, and its place is free at once",
  async (_, rows, status, reason) => {
    const { database, send } = await startImporting({ ...shortly, POOL_MAX: "2" });
    let drip: NodeJS.Timeout | undefined;
    const dripping = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from(toCsv(players(rows))));
        drip = setInterval(() => controller.enqueue(Buffer.from("x")), 50);
      },
      cancel: () => clearInterval(drip),
    });
    const startedAt = performance.now();
    const answer = await send(dripping);
    clearInterval(drip);
    expect([answer.status, answer.body.reason]).toEqual([status, reason]);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect((await send(toCsv(players(1)))).status).toBe(200);
    expect(await countRows(database)).toBe(1);
  },
);

it("is given up when it holds a place and sends too slowly, long before IMPORT_TIMEOUT_MS", async () => {
  const { database, send } = await startImporting({ POOL_MAX: "2" });
  let drip: NodeJS.Timeout | undefined;
  const dripping = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(toCsv(players(begun))));
      // A tenth of the least rate.
      drip = setInterval(() => controller.enqueue(Buffer.alloc(160, "\n")), 100);
    },
    cancel: () => clearInterval(drip),
  });
  const { status, body } = await send(dripping);
  clearInterval(drip);
  expect([status, body.reason]).toEqual([408, "REQUEST_TIMEOUT"]);
  expect((await send(toCsv(players(1)))).status).toBe(200);
  expect(await countRows(database)).toBe(1);
}, 40_000);

it("is given up after IMPORT_TIMEOUT_MS when others hold its rows, and none of it is stored", async () => {
  const { database, send } = await startImporting(shortly);
  const admin = await connect(database.adminUrl);
  await send(toCsv(players(1)));
  await admin.query("begin; select from user_activity for update");
  const { status, body } = await send(
    toCsv([...players(50), activity({ user_id: "player-0", country: "DE" })]),
  );
  expect([status, body.reason]).toEqual([503, expect.stringMatching(/TIMEOUT|DATABASE_BUSY/)]);
  await admin.query("rollback");
  expect(await countRows(database)).toBe(1);
});

it("whose client gives up lets go of PostgreSQL at once", async () => {
  const { app, database, url, send, logged } = await startImporting({ POOL_MAX: "4" });
  const admin = await connect(database.adminUrl);
  await send(toCsv(players(1)));
  await admin.query("begin; select from user_activity for update");
  // Within a transaction, PostgreSQL shows the same activity again and again.
  const observer = await connect(database.adminUrl);
  const waiting = async () => {
    const { rows } = await observer.query(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and query like '%with latest%'`,
    );
    return rows[0].n;
  };
  const body = toCsv([activity({ user_id: "player-0", country: "DE" })]);
  const other = toCsv([activity({ user_id: "player-1" })]);
  for (let n = 0; n < 10; n++) {
    const client = new AbortController();
    const init = { method: "POST", headers: csv, body, signal: client.signal };
    const given = fetch(`${url}/user-activity/import`, init).catch(() => {});
    await expect.poll(waiting, { timeout: 5_000, interval: 5 }).toBe(1);
    client.abort();
    await given;
    await expect.poll(waiting, { timeout: 900, interval: 5 }).toBe(0);
    await expect.poll(async () => (await send(other)).status, { timeout: 5_000 }).toBe(200);
  }
  expect((await get(app, "/clans")).status).toBe(200);
  // Its client's doing is no failure of the database.
  expect(logged.join("")).not.toContain("DATABASE_BUSY");
  await admin.query("rollback");
  await expect.poll(async () => (await send(body)).status, { timeout: 5_000 }).toBe(200);
});

function spoilt(packed: Buffer): Buffer {
  const copy = Buffer.from(packed);
  copy.writeUInt32LE((copy.readUInt32LE(copy.length - 8) + 1) >>> 0, copy.length - 8);
  return copy;
}

function chunked(body: Buffer): ReadableStream {
  return new Blob([new Uint8Array(body)]).stream();
}
