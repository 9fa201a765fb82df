import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Built, contextFolder, stageContext } from "../image-context.ts";

/** A small build context, with the repository's own ignore files. */
export function smallContext(): string {
  const folder = mkdtempSync(join(tmpdir(), "clan-context-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const file of [".dockerignore", "dashboard/Dockerfile.dockerignore"])
    cpSync(join(contextFolder, file), join(folder, file));
  const files = [
    ...[
      "package.json",
      "package-lock.json",
      "service/Dockerfile",
      "dashboard/Dockerfile",
      "service/migrations/001.do.clans.sql",
    ],
    ...["clients/typescript", "contract", "dashboard", "infra", "service", "scripts", "warehouse"].map(
      (workspace) => `${workspace}/package.json`,
    ),
    ...["service/src/server.ts", "service/src/clans/routes.ts", "contract/columns.ts"],
  ];
  for (const file of files) put(folder, file, `content of ${file}`);
  return folder;
}

/** Writes a file in a folder. */
export function put(folder: string, file: string, content: string): void {
  mkdirSync(join(folder, file, ".."), { recursive: true });
  writeFileSync(join(folder, file), content);
}

/** The hash of a folder's build context. */
export function contentHash(folder = contextFolder, of: Built = "service"): string {
  const staged = mkdtempSync(join(tmpdir(), "clan-staged-"));
  try {
    return stageContext(of, folder, staged).hash;
  } finally {
    rmSync(staged, { recursive: true });
  }
}
