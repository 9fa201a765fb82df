/**
 * An error whose message is meant for a person: one sentence that says what is wrong, where, and what to do. Whoever
 * prints one shows the message alone; any other error is a defect and is shown whole.
 */
export class UserFacingError extends Error {
  override name = "UserFacingError";
}

/** Why a delivery is refused as a whole; stable, for programs to switch on. */
export type InputFault = "EMPTY_BODY" | "INVALID_HEADER" | "LINE_TOO_LONG" | "TOO_MANY_LINES";

/** A delivery of rows that is refused as a whole: no row of it may be kept. */
export class InputError extends UserFacingError {
  override name = "InputError";
  readonly fault: InputFault;

  constructor(fault: InputFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
