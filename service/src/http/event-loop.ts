import { monitorEventLoopDelay, performance } from "node:perf_hooks";

export interface LoopSample {
  /** Mean over the interval, in ms; undefined when nothing was measured in it. */
  delayMs: number | undefined;
  /** The share of the interval that the process was working, from 0 to 1. */
  utilization: number;
}

export interface LoopMonitor {
  /** Whether the process has not kept up with its work for a while. */
  isOverloaded(): boolean;
  stop(): void;
}

const intervalMs = 500;
const resolutionMs = 10;
// A busy but healthy process is below 50 ms.
const maxDelayMs = 300;
// With a delay and little work, the process had no CPU, as between requests on Cloud Run.
const busyShare = 0.8;
// One stall, however long, makes one interval late, and may leave the next one without a measurement.
const sustainedIntervals = 3;

/**
 * Overloaded is a process whose loop was late and busy in several intervals in a row; from then on, in each one that is,
 * until as many were not: shedding relieves the loop, so that the next interval is often in time.
 */
export function createOverloadDetector() {
  let pressure = 0;
  return {
    add({ delayMs, utilization }: LoopSample): void {
      if (delayMs === undefined) return;
      const isLate = delayMs > maxDelayMs && utilization > busyShare;
      pressure = isLate ? Math.min(pressure + 1, sustainedIntervals) : Math.max(pressure - 1, 0);
    },
    isOverloaded: () => pressure === sustainedIntervals,
  };
}

/**
 * Watches the event loop of this process. (@fastify/under-pressure takes a single late interval for an overload, and one
 * without a measurement for an infinite delay.)
 */
export function monitorLoop(): LoopMonitor {
  const detector = createOverloadDetector();
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  let before = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization();
    detector.add({
      delayMs: delay.count === 0 ? undefined : delay.mean / 1e6 - resolutionMs,
      utilization: performance.eventLoopUtilization(now, before).utilization,
    });
    before = now;
    delay.reset();
  }, intervalMs).unref();
  return {
    isOverloaded: detector.isOverloaded,
    stop() {
      clearInterval(timer);
      delay.disable();
    },
  };
}
