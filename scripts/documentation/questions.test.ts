import { dirname, join, normalize } from "node:path";
import { expect, it } from "vitest";
import { pages, prose, readPage } from "./pages.ts";

/** A newcomer's questions, the pages from README to the answer, one click each, and words of the answer. */
const questions: [question: string, path: string[], answer: RegExp][] = [
  ["How do I start it?", [], /^npm ci && npm start$/m],
  ["How does a player join a clan?", [], /curl -i -X PUT \S+\/clans\/ID\/members\/player-1/],
  ["What is ARPPU here?", ["docs/metrics.md"], /^\| ARPPU \| IAP revenue \/ payers \|/m],
  ["How do I deploy to prod?", ["docs/deploy.md"], /^pulumi stack init prod$/m],
  ["How do I rotate a key?", ["docs/operate.md"], /^\| rotate an API key \| create a new key/m],
  ["How do I restore a backup?", ["docs/operate.md"], /^\| restore a backup \| `gcloud sql backups list/m],
  ["How do I add a metric?", ["CONTRIBUTING.md"], /^\*\*A metric of the dashboard\.\*\* Its sums in/m],
  [
    "Why DuckDB?",
    ["docs/decisions/README.md", "docs/decisions/0002-embedded-postgresql-and-duckdb.md"],
    /DuckDB stands in for BigQuery: it/,
  ],
  ["What breaks at 10M DAU?", ["docs/scale.md"], /\| 10,000,000 \|.*^\| first to break in stack prod \|/ms],
  ["What does trap 12 mean?", ["docs/traps.md"], /^\| 12 \| The service changes at each `up` \|/m],
];

const linksOf = (page: string): string[] =>
  [...prose(page).matchAll(/\]\(([^)\s#]+\.md)[^)]*\)/g)].map(([, target = ""]) =>
    normalize(join(dirname(page), target)),
  );

it.each(questions)("README leads to the answer in two clicks: %s", (_, path, answer) => {
  expect(path.length).toBeLessThanOrEqual(2);
  let page = "README.md";
  for (const next of path) {
    expect(linksOf(page)).toContain(next);
    page = next;
  }
  expect(readPage(page)).toMatch(answer);
});

it("README leads to every page of docs/ in two clicks", () => {
  const first = linksOf("README.md");
  const reached = new Set([
    "README.md",
    ...first,
    ...first.filter((page) => pages.includes(page)).flatMap(linksOf),
  ]);
  expect(pages.filter((page) => page.startsWith("docs/") && !reached.has(page))).toEqual([]);
});
