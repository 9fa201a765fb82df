/** An error message that distinguishes a missing field from one of the wrong type. */
export const expected = (what: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? "is missing" : `must be ${what}`;
