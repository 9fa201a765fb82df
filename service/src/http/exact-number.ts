/** A number for `JSON.stringify` that is written with exactly these digits; typed as what a reader of the JSON gets. */
export function exactNumber(digits: string): number {
  return (JSON as unknown as { rawJSON(text: string): number }).rawJSON(digits);
}
