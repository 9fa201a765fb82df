/**
 * Options of Node for the dashboard's process. By default V8 takes far more memory than the figures of three years need before it
 * collects garbage; the largest answer takes some 30 MB while it is built.
 */
export const dashboardHeap = ["--max-semi-space-size=2", "--max-old-space-size=128"];
