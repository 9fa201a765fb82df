import { judge, type PartResult, type Ratio } from "./ratios.ts";
import { printed } from "./report.ts";

/** Measures parts one after another, and prints each. A part that fails stops no other. */
export async function measureParts(
  parts: Record<string, () => Promise<{ run: () => Promise<Ratio[]> }>>,
  print: (text: string) => void,
): Promise<Map<string, PartResult>> {
  const results = new Map<string, PartResult>();
  for (const [part, load] of Object.entries(parts)) {
    print(`\n  ${part}\n`);
    const result = await measure(part, load);
    print(`\n${result instanceof Error ? result.stack : printed(result)}`);
    results.set(part, result);
  }
  return results;
}

async function measure(
  part: string,
  load: () => Promise<{ run: () => Promise<Ratio[]> }>,
): Promise<PartResult> {
  try {
    return judge(part, await (await load()).run());
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
