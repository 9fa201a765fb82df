import { today } from "../days.ts";

/** Runs a test that uses today, and once more if it has failed because midnight (UTC) has passed meanwhile. */
export async function onOneDay(test: (day: string) => Promise<void>): Promise<void> {
  const day = today();
  try {
    await test(day);
  } catch (error) {
    if (today() === day) throw error;
    await test(today());
  }
}
