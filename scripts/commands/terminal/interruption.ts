import { exitCodeOf } from "./exit-codes.ts";

type CleanUp = () => void | Promise<void>;

const cleanUps: CleanUp[] = [];

/** Makes SIGINT and SIGTERM end the process with 130 and 143, after everything that `onInterruption` was given. */
export function exitWhenInterrupted(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, async () => {
      for (const cleanUp of cleanUps) await cleanUp();
      process.exit(exitCodeOf(signal));
    });
  }
}

/** Runs `cleanUp` before an interrupted command ends. */
export function onInterruption(cleanUp: CleanUp): void {
  cleanUps.push(cleanUp);
}
