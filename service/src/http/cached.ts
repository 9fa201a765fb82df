/**
 * Returns a function that calls `look` at most once per `ms`, and never twice at a time: callers in between get the same
 * result, or the same error.
 */
export function cached<T>(look: () => Promise<T>, ms: number): () => Promise<T> {
  let latest: Promise<T> | undefined;
  let expiresAt = 0;
  return () => {
    if (latest && performance.now() < expiresAt) return latest;
    const looking = look();
    const onSettled = () => {
      expiresAt = performance.now() + ms;
    };
    expiresAt = Number.POSITIVE_INFINITY;
    looking.then(onSettled, onSettled);
    latest = looking;
    return looking;
  };
}
