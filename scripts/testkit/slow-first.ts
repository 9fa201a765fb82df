import { BaseSequencer, type TestSpecification } from "vitest/node";

// Files that take longer than their size says.
const slow = [
  "scripts/released-api/docs-page.browser.test.ts",
  "scripts/commands/plan.test.ts",
  "scripts/commands/load-raw.test.ts",
  "scripts/commands/sync.test.ts",
  "scripts/synthetic-data/memberships.test.ts",
  "scripts/commands/start.postgres.test.ts",
  "scripts/local/sync-interrupted.postgres.test.ts",
  "service/src/user-activity/plans.postgres.test.ts",
  "service/src/members/plans.postgres.test.ts",
  "service/src/clans/repository.postgres.test.ts",
];

/**
 * Runs slow files first within their project: vitest starts with the largest, and a slow one that it starts last runs alone, with
 * a core or more idle.
 */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification) => slow.some((name) => moduleId.endsWith(`/${name}`));
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) => {
      const own = sorted.filter((file) => file.project === project);
      return [...own.filter(isSlow), ...own.filter((file) => !isSlow(file))];
    });
  }
}
