import type { Checks } from "../state/state.ts";

/** The results of the checks in a few words, and how good they are. */
export function checksText({ answer, isRunning, problem }: Checks): { kind: string; text: string } {
  if (problem) return { kind: "doubtful", text: problem };
  if (!answer?.days) return { kind: "", text: isRunning ? "Checks are running …" : "No checks yet" };
  const { checks } = answer;
  const failed = checks.filter(({ severity, found }) => severity === "fail" && found > 0).length;
  const warned = checks.filter(({ severity, found }) => severity === "warn" && found > 0).length;
  const text = [
    `${checks.length - failed - warned} of ${checks.length} checks ok`,
    failed > 0 && `${failed} failed`,
    warned > 0 && `${warned} warned`,
  ];
  return {
    kind: failed > 0 ? "bad" : warned > 0 ? "doubtful" : "good",
    text: `${text.filter(Boolean).join(", ")}${isRunning ? ", running again …" : ""}`,
  };
}
