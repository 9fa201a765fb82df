/** Reads a line as the fields of a row, still to be checked; throws `LineFault` when it can't. */
export type ReadLine = (text: string) => unknown;

/** What is wrong with a line as a whole. */
export class LineFault extends Error {
  override name = "LineFault";
}
