import { readFileSync, writeFileSync } from "node:fs";

const start = "<!-- npm run plan writes this diagram -->\n";
const end = "\n<!-- end of the diagram -->";

/** The text of a README with this diagram between its markers. */
export function withDiagram(readme: string, diagram: string): string {
  const [before, after] = [readme.split(start)[0], readme.split(end)[1]];
  if (before === readme || after === undefined)
    throw new Error("infra/README.md lacks the markers of its diagram.");
  return `${before}${start}\n\`\`\`mermaid\n${diagram}\n\`\`\`\n${end}${after}`;
}

/** Updates the diagram in infra/README.md. Returns whether the file changed. */
export function writeDiagram(path: URL, diagram: string): boolean {
  const readme = readFileSync(path, "utf8");
  const wanted = withDiagram(readme, diagram);
  if (wanted === readme) return false;
  writeFileSync(path, wanted);
  return true;
}
