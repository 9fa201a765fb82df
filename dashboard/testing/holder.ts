import { spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";

const duckdb = new URL("../../warehouse/engines/duckdb/duckdb.ts", import.meta.url).href;
const script = `
  const { openDuckdb } = await import(${JSON.stringify(duckdb)});
  const warehouse = await openDuckdb(process.argv[1]);
  console.log("held");
  process.stdin.resume().once("end", () => warehouse.close());
`;

/** Another process that holds a warehouse file, as a command in a second terminal does, until it is let go. */
export async function holdFile(path: string): Promise<{ letGo(): Promise<void> }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, path], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const letGo = async () => {
    child.stdin.end();
    await ended;
  };
  onTestFinished(letGo);
  await once(child.stdout, "data");
  return { letGo };
}
