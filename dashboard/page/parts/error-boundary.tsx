import { Component, type ComponentChildren } from "preact";
import { Notice } from "./notice.tsx";

interface ErrorBoundaryProps {
  /** What the children are drawn from: when one of these changes, they are tried again. */
  drawnFrom: readonly unknown[];
  children: ComponentChildren;
}

interface ErrorBoundaryState {
  /** What the children could not be drawn from. */
  failedFrom?: readonly unknown[];
}

/** Shows a notice instead of children that can't be drawn, so that the rest of the page goes on. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override componentDidCatch(error: unknown): void {
    // For the developer's tools: it is a defect.
    console.error(error);
    this.setState({ failedFrom: this.props.drawnFrom });
  }

  override render({ drawnFrom, children }: ErrorBoundaryProps, { failedFrom }: ErrorBoundaryState) {
    if (!failedFrom?.every((value, at) => value === drawnFrom[at])) return children;
    return (
      <Notice kind="problem" title="These figures can't be drawn">
        <p>This is a fault of the page. Other filters or another tab may work.</p>
      </Notice>
    );
  }
}
