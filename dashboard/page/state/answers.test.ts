import { expect, it } from "vitest";
import type { Answer } from "../figures/read-answer.ts";
import { createAnswers, VersionChanged } from "./answers.ts";
import type { Ask } from "./questions.ts";

const answer = (days: number, version = "1"): Answer => ({ version, isHeld: false, rows: [], days });
const week = { from: "2026-03-01", to: "2026-03-07" };

function counting(answers: (path: string) => Answer) {
  const paths: string[] = [];
  const fetchAnswer = async (path: string) => {
    paths.push(path);
    return answers(path);
  };
  return { paths, fetchAnswer };
}

it("requests what a view asks together, then what follows from the answers, and nothing twice", async () => {
  const { paths, fetchAnswer } = counting(() => answer(3));
  const answers = createAnswers();
  answers.keepOnly("1");
  const view = (ask: Ask) => {
    const total = ask({ ...week, by: [] });
    const byDay = ask({ ...week, by: ["day"] });
    if (!total || !byDay) return undefined;
    return ask({ ...week, by: ["country"], countries: ["TR", "DE"] })?.days;
  };
  expect(await answers.build(view, fetchAnswer)).toBe(3);
  expect(paths).toEqual([
    "api/figures?from=2026-03-01&to=2026-03-07",
    "api/figures?from=2026-03-01&to=2026-03-07&by=day",
    "api/figures?from=2026-03-01&to=2026-03-07&by=country&country=TR,DE",
  ]);
  expect(await answers.build(view, fetchAnswer)).toBe(3);
  expect(paths).toHaveLength(3);
});

it("forgets the answers of other data, and never mixes them", async () => {
  const { paths, fetchAnswer } = counting(() => answer(3, "2"));
  const answers = createAnswers();
  const view = (ask: Ask) => ask({ ...week, by: ["day"] })?.days;
  answers.keepOnly("1");
  await expect(answers.build(view, fetchAnswer)).rejects.toBeInstanceOf(VersionChanged);
  answers.keepOnly("2");
  expect(await answers.build(view, fetchAnswer)).toBe(3);
  answers.keepOnly("3");
  await expect(answers.build(view, fetchAnswer)).rejects.toBeInstanceOf(VersionChanged);
  expect(paths).toHaveLength(3);
});
