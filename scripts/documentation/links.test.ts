import { existsSync, globSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { generated, pages, prose, root } from "./pages.ts";

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(path: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of prose(path).matchAll(/^#+ (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-");
    let unique = slug;
    for (let n = 1; anchors.has(unique); n++) unique = `${slug}-${n}`;
    anchors.add(unique);
  }
  return anchors;
}

/** What is wrong with a relative link; undefined if it leads somewhere. */
function faultOf(page: string, target: string): string | undefined {
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? page : normalize(join(dirname(page), file));
  if (!existsSync(join(root, path))) return `${page} links to ${target}: there is no ${path}`;
  if (anchor === undefined || !path.endsWith(".md")) return undefined;
  return anchorsOf(path).has(anchor) ? undefined : `${page} links to ${target}: ${path} has no such heading`;
}

describe("the documentation", () => {
  it("has no relative link that leads nowhere", () => {
    const faults = pages.flatMap((page) =>
      [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = ""]) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .map((target) => faultOf(page, target)),
    );
    expect(faults.filter(Boolean)).toEqual([]);
  });

  it("names files that exist, where it names them by their path", () => {
    const named = /`((?:contract|service|warehouse|dashboard|clients|infra|scripts)\/[\w./-]+\.\w+)`/g;
    const missing = [...pages, ...generated].flatMap((page) =>
      [...prose(page).matchAll(named)]
        .map(([, path = ""]) => path)
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${page} names ${path}`),
    );
    expect(missing).toEqual([]);
  });

  it("has every file of the Pulumi program in the table of infra/README.md", () => {
    const page = prose("infra/README.md");
    const files = globSync("*.{ts,js}", { cwd: join(root, "infra") }).filter(
      (name) => !name.includes(".test."),
    );
    expect(files.length).toBeGreaterThan(30);
    expect(files.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
