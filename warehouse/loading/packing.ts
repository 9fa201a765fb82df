import { open } from "node:fs/promises";

export type Packing = "none" | "gzip" | "parquet";

const gzip = Buffer.from([0x1f, 0x8b]);
const parquet = Buffer.from("PAR1");

/**
 * How the rows of a file are packed, by its first bytes: a download may have unpacked a file that is still named `.gz`. One
 * of that name that begins with what is no text either counts as gzip, damaged.
 */
export async function packingOf(path: string): Promise<Packing> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(parquet.length), 0, parquet.length, 0);
    const start = buffer.subarray(0, bytesRead);
    if (start.equals(parquet)) return "parquet";
    if (start.subarray(0, gzip.length).equals(gzip)) return "gzip";
    return path.toLowerCase().endsWith(".gz") && start.some((byte) => byte < 9) ? "gzip" : "none";
  } finally {
    await file.close();
  }
}
