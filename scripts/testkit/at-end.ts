import { afterAll, onTestFinished, TestRunner } from "vitest";

/** Does something after the test, or outside of one, such as in `beforeAll`, after the tests of the file or group. */
export function atEnd(work: () => Promise<void>): void {
  // `afterAll` has no effect within a test.
  if (TestRunner.getCurrentTest()) onTestFinished(work);
  else afterAll(work);
}
