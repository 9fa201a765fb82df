const signals = ["SIGTERM", "SIGINT"] as const;

/**
 * Ends the process when a signal asks for it: without a handler, process 1 of a container ignores the signal and is killed
 * when the grace period is over. Returns a function that takes the handlers away again.
 */
export function endOnSignal(end: (signal: (typeof signals)[number]) => never): () => void {
  for (const signal of signals) process.on(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}
