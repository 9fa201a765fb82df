/** What to do about a failure, by the words of PostgreSQL, of Node or of the system; the first that fits. */
const remedies: [words: RegExp, remedy: string][] = [
  [
    /shared memory|semaphore/,
    "give this machine or container more shared memory and semaphores (docker run --shm-size=256m; sysctl kernel.shmmax, kernel.sem)",
  ],
  [
    /no space left on device|disk quota exceeded|wrote only \d+ of/,
    "free some disk space, or choose a folder on another disk with DATA_DIR",
  ],
  [
    /insufficient file descriptors|too many open files|\b(emfile|enfile)\b/,
    "raise the limit of open files (ulimit -n 1024) and try again",
  ],
  [/file too large/, "lift the limit of the size of files (ulimit -f unlimited) and try again"],
  [/read-only file system/, "choose a folder that can be written to with DATA_DIR"],
  [
    /wrong ownership|must be owned by/,
    "run it as the user who owns that folder, or choose another folder with DATA_DIR",
  ],
  [
    /invalid permissions|could not change permissions/,
    "make it the user's alone (chmod 700), or choose a folder on a local disk that knows such rights with DATA_DIR",
  ],
  [/spawn\w* setpriv/, "run it as another user than root, which PostgreSQL refuses"],
  [/spawn\w* .* enoent/, "run npm ci on this machine"],
  [
    /spawn\w* .* (eacces|enoexec|eperm|unknown)|failed to execute|exec format error/,
    "put the checkout on a disk without the mount option noexec, and run npm ci on this machine",
  ],
  [
    /shared librar|glibc|not found \(required by/,
    "install the library that is named, or set DATABASE_URL to a PostgreSQL",
  ],
  [
    /permission denied|operation not permitted/,
    "choose a folder that you may write to and enter with DATA_DIR",
  ],
  [
    /lc_(messages|monetary|numeric|time)|locale/,
    "generate the locale that its data was created with (locale-gen), or choose another folder with DATA_DIR",
  ],
  [
    /cannot allocate memory|out of memory|could not fork|resource temporarily unavailable/,
    "free some memory, or raise the limit of processes (ulimit -u), and try again",
  ],
  [
    /checkpoint record|pg_control|pg_filenode|invalid page|checksum|database cluster directory/,
    "its data is damaged: restore a copy, or delete it with `npm start -- --fresh`",
  ],
];

/** What failed, and how a person gets out of it. */
export interface Failure {
  /** In the words of the program that failed. */
  reason: string;
  /** Undefined for what is not known. */
  remedy: string | undefined;
}

/** Finds in the output or log of initdb or the server why it failed: its errors, or its last line where it names none. */
export function explainFailure(output: string): Failure {
  const errors = [...output.matchAll(errorLine)].map(({ groups }) => groups?.text?.trim() ?? "");
  const reason = [...new Set(errors)].slice(0, 3).join("; ") || (output.trim().split("\n").at(-1) ?? "");
  const [, remedy] = remedies.find(([words]) => words.test(reason.toLowerCase())) ?? [];
  return { reason, remedy };
}

/** An error of the operating system, such as a full disk. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error;

/** The setting that "configuration file contains errors" is about is logged, but not as an error. */
const errorLine =
  /^.*?(?:\b(?:PANIC|FATAL|ERROR): {2}|\berror: |LOG: {2}(?=invalid value for parameter))(?<text>.*)$/gm;
