import { UserFacingError } from "@clan-platform/contract/errors.ts";

/** Activity can't be generated into this folder; the message is one sentence with the remedy. */
export class GenerateError extends UserFacingError {
  override name = "GenerateError";
}
