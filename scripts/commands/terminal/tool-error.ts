/** Why a tool failed, of what it printed to its error output: gcloud's error itself, which advice or details follow; otherwise the last line. */
export function toolError(output: string): string {
  const lines = output.trim().split(/\r?\n/);
  const at = lines.findIndex((line) => line.startsWith("ERROR: "));
  if (at === -1) return lines.at(-1) ?? "";
  const error = (lines[at] ?? "").replace(/^ERROR: (\(gcloud[\w.-]*\) )?/, "");
  return error.endsWith(":") ? `${error} ${(lines[at + 1] ?? "").trim()}` : error;
}
