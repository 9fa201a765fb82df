import { activity, toCsv } from "@clan-platform/scripts/testkit/activity.ts";
import { expect, it, vi } from "vitest";
import { csv } from "./formats.ts";
import { readLines } from "./read-lines.ts";
import { validateRows } from "./validate-rows.ts";

it("returns after some milliseconds, however long the lines take, so that others get their turn", async () => {
  let ms = 0;
  vi.spyOn(performance, "now").mockImplementation(() => ms++);
  const rows = Array.from({ length: 23 }, (_, n) =>
    activity({ user_id: `player-${n}`, country: `Nowhere ${n}` }),
  );
  const lines = [];
  for await (const { valid, rejected } of validateRows(readLines(bytesOf(toCsv(rows))), csv)) {
    expect(valid).toEqual([]);
    lines.push(rejected.map(({ line }) => line));
  }
  expect(lines.map(({ length }) => length)).toEqual([5, 5, 5, 5, 3]);
  expect(lines.flat()).toEqual(rows.map((_, n) => n + 2));
});

it("refuses a header that is not UTF-8, and does not say that it is empty", async () => {
  const latin = Buffer.from(toCsv([activity()]).replace("\n", ",pa\u00eds\n"), "latin1");
  const rows = validateRows(readLines(bytesOf(latin)), csv);
  await expect(rows.next()).rejects.toThrow("The first line is not UTF-8: send text in UTF-8");
});

async function* bytesOf(content: string | Buffer) {
  yield Buffer.from(content as string);
}
