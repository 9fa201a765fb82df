import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Those that commands write. */
export const generated = ["BENCHMARKS.md", "RELIABILITY.md"];
const ignored = /(^|\/)(node_modules|dist|\.local|\.git)(\/|$)/;

/** The Markdown files that people write, by their path in the repository. */
export const pages: string[] = globSync("**/*.md", { cwd: root, exclude: (name) => ignored.test(name) })
  .filter((path) => !ignored.test(path) && !generated.includes(path))
  .sort();

export const readPage = (path: string): string => readFileSync(`${root}${path}`, "utf8");

/** A page without its code blocks. */
export const prose = (path: string): string => readPage(path).replaceAll(/^ *```.*?^ *```$/gms, "");

export interface CodeBlock {
  page: string;
  /** Empty for plain text, such as a command's output. */
  language: string;
  code: string;
}

/** The blocks of code of a page, also those in lists, without their indentation; diagrams are none. */
export const codeBlocks = (page: string): CodeBlock[] =>
  [...readPage(page).matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gms)]
    .map(([, indent = "", language = "", code = ""]) => ({
      page,
      language,
      code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }))
    .filter(({ language }) => language !== "mermaid");
