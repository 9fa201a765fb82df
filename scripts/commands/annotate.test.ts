import { describe, expect, it } from "vitest";
import { runCommandInProcess } from "../testkit/command-in-process.ts";
import { expectOneSentence, temporaryFolder } from "../testkit/run.ts";
import { readAnnotation } from "./annotate/read-annotation.ts";
import { UsageError } from "./terminal/cli-error.ts";

it("adds an annotation once, lists it, and removes it by its id", async () => {
  const DATA_DIR = await temporaryFolder();
  const annotate = (...args: string[]) => runCommandInProcess("annotate", args, { DATA_DIR });
  expect((await annotate("--list")).output).toContain("There are no annotations yet");
  const patch = ["--day", "2026-11-20", "--text", "Patch 2.1"];
  const added = await annotate(...patch, "--metric", "dau", "--country", "turkey");
  expect(added.code).toBe(0);
  const [, id = ""] = /2026-11-20 has the annotation ([0-9a-f]{12})/.exec(added.output) ?? [];
  expect((await annotate(...patch, "--metric", "dau", "--country", "TUR")).output).toBe(added.output);
  expect((await annotate(...patch)).code).toBe(0);
  const { output } = await annotate("--list");
  expect(output.match(/^ {2}[0-9a-f]{12} .*$/gm)).toHaveLength(2);
  expect(output).toMatch(new RegExp(`^  ${id} +2026-11-20 +dau +TR +Patch 2.1$`, "m"));
  expect(await annotate("--remove", id)).toEqual({
    code: 0,
    output: "\n  Removed from 2026-11-20: Patch 2.1\n\n",
  });
  const again = await annotate("--remove", id);
  expect(again.code).toBe(1);
  expectOneSentence(
    again.output,
    new RegExp(`^\n  There is no annotation ${id}: npm run annotate -- --list`),
  );
  expect((await annotate("--list")).output).not.toContain(id);
  for (const args of [["--list", "--remove", id], [...patch, "--list"], [], ["--metric", "arpu", ...patch]]) {
    expect((await annotate(...args)).code, args.join(" ")).toBe(64);
  }
}, 120_000);

describe("an annotation", () => {
  const read = (changes: object) => readAnnotation({ day: "2026-11-20", text: "Patch", ...changes });

  it("has its text trimmed and its country as a code", () => {
    expect(read({ text: "  Cafe\u0301 👩‍🚀 ", country: "Côte d’Ivoire" })).toEqual({
      day: "2026-11-20",
      text: "Café 👩‍🚀",
      metric: null,
      country: "CI",
    });
    expect(read({ text: "🎉".repeat(200) }).text).toHaveLength(400);
  });

  it.each([
    [{ text: " " }, /--text must have 1 to 200 characters, not 0/],
    [{ text: "x".repeat(201) }, /not 201/],
    [{ text: "a\nb" }, /control characters/],
    [{ text: "a\u001b[2Jb" }, /control characters/],
    [{ text: "a\u202eb" }, /control characters/],
    [{ country: "Turkei" }, /not Turkei; the nearest is Türkiye/],
    [{ country: "" }, /--country must be .* not empty/],
    [{ country: "NULL" }, /--country must be .* not NULL/],
    [{ day: undefined }, /needs --day and --text/],
  ])("with %o is refused", (changes, sentence) => {
    expect(() => read(changes)).toThrow(UsageError);
    expect(() => read(changes)).toThrow(sentence);
  });
});
