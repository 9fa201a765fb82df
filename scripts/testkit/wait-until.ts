import pWaitFor from "p-wait-for";

/** A condition was not met in time; the message says which. */
export class WaitTimeout extends Error {
  override name = "WaitTimeout";
}

/**
 * Evaluates a condition again and again until its value is truthy, and returns that value. `what` completes the sentence
 * "timed out waiting until …".
 * @throws {WaitTimeout} after `seconds`
 */
export async function waitUntil<T>(
  what: string,
  condition: () => T | Promise<T>,
  { seconds = 30, everyMs = 20 } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  let value: T | undefined;
  const isMet = async () => {
    value = await condition();
    return Boolean(value);
  };
  const message = new WaitTimeout(`timed out after ${seconds} s waiting until ${what}`);
  await pWaitFor(isMet, { interval: everyMs, timeout: { milliseconds: seconds * 1_000, message } });
  return value as NonNullable<Exclude<T, false>>;
}
