import { spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";

const duckdb = import.meta.resolve("@clan-platform/warehouse/engines/duckdb/duckdb.ts");
const script = `
  const { openDuckdb } = await import(${JSON.stringify(duckdb)});
  const warehouse = await openDuckdb(process.argv[1]);
  console.log("held");
  process.stdin.resume().once("end", () => warehouse.close());
`;

/** Holds a warehouse file open for writing from another process, as a command in a second terminal does. */
export async function holdFile(path: string): Promise<{ release(): Promise<void> }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const release = async () => {
    child.stdin.end();
    await ended;
  };
  onTestFinished(release);
  await once(child.stdout, "data");
  return { release };
}
