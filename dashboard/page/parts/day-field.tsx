import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isDay } from "../../days.ts";

interface DayFieldProps {
  label: string;
  /** YYYY-MM-DD. */
  value: string;
  min: string;
  max: string;
  /** Why a day can't be chosen, in one sentence. */
  problemOf: (day: string) => string | undefined;
  onChoose: (day: string) => void;
}

/**
 * A date to type or to pick. While somebody types, the browser reports years such as 0002 and days that are gone with the next key:
 * what is typed counts when Enter is pressed or the field is left, and until then nothing writes into the field.
 */
export function DayField({ label, value, min, max, problemOf, onChoose }: DayFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const isTyping = useRef(false);
  const [problem, setProblem] = useState<string>();
  const problemId = useId();
  const show = (day: string) => {
    if (input.current) input.current.value = day;
    setProblem(undefined);
  };
  useLayoutEffect(() => {
    if (!isTyping.current) show(value);
  }, [value]);

  const apply = () => {
    isTyping.current = false;
    const typed = input.current?.value ?? "";
    // Without a whole date, the field is empty for us, whatever it shows.
    if (!isDay(typed)) return show(value);
    const found = problemOf(typed);
    setProblem(found);
    if (!found && typed !== value) onChoose(typed);
  };
  return (
    <label class="field">
      <span>{label}</span>
      <input
        ref={input}
        type="date"
        aria-label={label}
        aria-invalid={problem !== undefined}
        aria-describedby={problem && problemId}
        min={min}
        max={max}
        onKeyDown={({ key }) => {
          if (key === "Enter") apply();
          else if (key === "Escape") {
            isTyping.current = false;
            show(value);
          } else if (key !== "Tab" && key !== "Shift") isTyping.current = true;
        }}
        onChange={() => {
          // From the browser's calendar: what is typed counts when the field is left.
          if (!isTyping.current) apply();
        }}
        onBlur={apply}
      />
      {problem && (
        <span id={problemId} class="bad" role="alert">
          {problem}
        </span>
      )}
    </label>
  );
}
