/** Reads the lines of one file or body. */
export interface LineReader {
  /** Reads a line as the fields of a row, still to be checked; throws `LineFault` when it can't. */
  read: (text: string) => unknown;
  /** The names that are no columns of the row, in the order of their appearance; their values are left out. */
  ignored: ReadonlySet<string>;
}

/** What is wrong with a line as a whole. */
export class LineFault extends Error {
  override name = "LineFault";
}
