/**
 * An error whose message is meant for a person: one sentence that says what is wrong, where, and what to do. It is
 * printed without a stack; any other error is a defect and printed with it.
 */
export class UserFacingError extends Error {
  override name = "UserFacingError";
}

/** Why rows are refused as a whole; stable, for programs to switch on. */
export type InputFault = "EMPTY_BODY" | "INVALID_HEADER" | "LINE_TOO_LONG" | "TOO_MANY_LINES";

/** A file or body of rows is refused as a whole: none of its rows may be stored. */
export class InputError extends UserFacingError {
  override name = "InputError";
  readonly fault: InputFault;

  constructor(fault: InputFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
