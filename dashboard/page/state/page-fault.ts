/** The page failed to compute figures from its answers: a defect, or answers of a server of another version. */
export class PageFault extends Error {
  override name = "PageFault";
}
