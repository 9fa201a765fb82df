/** The exit codes of all commands. */
export const exitCode = {
  done: 0,
  failed: 1,
  /** Done, but some rows were rejected. */
  rowsRejected: 2,
  /** EX_USAGE of sysexits.h. */
  wrongUse: 64,
  /** 128 + SIGINT. */
  interrupted: 130,
  /** 128 + SIGTERM. */
  terminated: 143,
} as const;

/** The exit code of a process that a signal ends. */
export const exitCodeOf = (signal: "SIGINT" | "SIGTERM") =>
  signal === "SIGINT" ? exitCode.interrupted : exitCode.terminated;
