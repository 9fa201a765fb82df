import { judge, type PartResult, type Ratio } from "./ratios.ts";
import { printed } from "./report.ts";

/** Measures parts one after another, and prints each. A part that fails stops no other; one that can't be loaded does. */
export async function measureParts(
  parts: Record<string, () => Promise<{ run: () => Promise<Ratio[]> }>>,
  print: (text: string) => void,
): Promise<Map<string, PartResult>> {
  const results = new Map<string, PartResult>();
  for (const [part, load] of Object.entries(parts)) {
    const { run } = await load();
    print(`\n  ${part}\n`);
    const result = await run()
      .then((ratios) => judge(part, ratios))
      .catch((error: Error) => error);
    print(`\n${result instanceof Error ? result.stack : printed(result)}`);
    results.set(part, result);
  }
  return results;
}
