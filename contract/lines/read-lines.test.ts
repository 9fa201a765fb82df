import { describe, expect, it } from "vitest";
import { type Line, readLines } from "./read-lines.ts";

/** The lines of bytes that arrive in chunks of this size. */
async function linesOf(bytes: Buffer, chunkBytes: number): Promise<Line[]> {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const lines: Line[] = [];
  for await (const block of readLines(chunks())) lines.push(...block);
  return lines;
}

describe("readLines", () => {
  const chunkings = [7, 16_384, 65_536, 1_000_000];
  // Three bytes each in UTF-8.
  const euros = (bytes: number) => Buffer.from("€".repeat(bytes / 3));
  const invalid = (bytes: number) => Buffer.alloc(bytes, 0xff);
  const between = (line: Buffer) => Buffer.concat([Buffer.from("first\n"), line, Buffer.from("\nlast\n")]);

  it.each(chunkings)("takes a line of 64 KiB, in chunks of %i bytes", async (chunkBytes) => {
    const line = Buffer.concat([euros(65_535), Buffer.from("x")]);
    expect(await linesOf(between(line), chunkBytes)).toEqual([
      { number: 1, text: "first" },
      { number: 2, text: line.toString() },
      { number: 3, text: "last" },
    ]);
    expect((await linesOf(between(invalid(65_536)), chunkBytes))[1]).toEqual({ number: 2, text: null });
  });

  it.each(chunkings)("refuses a longer one by its bytes, in chunks of %i bytes", async (chunkBytes) => {
    for (const line of [euros(65_538), invalid(65_537)])
      await expect(linesOf(between(line), chunkBytes)).rejects.toMatchObject({
        fault: "LINE_TOO_LONG",
        message: "Line 2 is longer than 64 KiB; nothing was stored.",
      });
  });
});
