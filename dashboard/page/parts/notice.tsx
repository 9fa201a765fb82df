import type { ComponentChildren } from "preact";

interface NoticeProps {
  kind: "info" | "problem";
  title: string;
  children: ComponentChildren;
}

/** A notice instead of, or above, the figures: what is wrong and what to do. */
export function Notice({ kind, title, children }: NoticeProps) {
  return (
    <div class={`notice ${kind}`}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}
