import { fitted } from "./wrap.ts";

/** Prints what a command was asked for to stdout, in lines that fit the terminal. */
export const print = (text = "") => console.log(fitted(text));

/** Prints why it can't go on, waits or ends to stderr, in lines that fit the terminal. */
export const printError = (text: string) => console.error(fitted(text));
