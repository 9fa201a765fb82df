/** A file is refused as a whole; the message is a sentence about it without its beginning, the file's path. */
export class UnfitFile extends Error {
  override name = "UnfitFile";
}
