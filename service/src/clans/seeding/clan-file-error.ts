import { UserFacingError } from "@clan-platform/contract/errors.ts";

/** A file of clans is refused as a whole: none of them is seeded. */
export class ClanFileError extends UserFacingError {
  override name = "ClanFileError";
}
