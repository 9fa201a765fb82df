import { scriptNames } from "./script-names.ts";

/** A script of a text, and the first of its letters there. */
export interface ScriptInText {
  name: string;
  example: string;
}

// What East Asian languages write side by side; https://www.unicode.org/reports/tr39/#highly_restrictive
const written = [
  ["Latin", "Han", "Hiragana", "Katakana"],
  ["Latin", "Han", "Bopomofo"],
  ["Latin", "Han", "Hangul"],
];

/**
 * The scripts of a text that mixes some, so that it may pass for another text; undefined when it is in one script, or in a
 * mixture that people write. What many scripts share, such as digits, punctuation and symbols, is of none.
 */
export function mixedScripts(text: string): ScriptInText[] | undefined {
  const letters = [...new Set(text.replace(sharedByMany, ""))];
  const isIn = (scripts: string[]) => letters.every((letter) => scripts.some((name) => has(name, letter)));
  if (letters.length === 0 || isIn(["Latin"]) || written.some(isIn)) return undefined;
  if (scriptNames.some((name) => isIn([name]))) return undefined;
  return scriptsOf(letters);
}

const sharedByMany = /[\p{scx=Common}\p{scx=Inherited}]/gu;

/** The fewest scripts that a walk through the letters comes by. */
function scriptsOf(letters: string[]): ScriptInText[] {
  const found: ScriptInText[] = [];
  for (const letter of letters) {
    if (found.some(({ name }) => has(name, letter))) continue;
    found.push({ name: scriptNames.find((name) => has(name, letter)) ?? "another", example: letter });
  }
  return found;
}

const matchers = new Map<string, RegExp>();

/** Whether a script has a letter, alone or with others. */
function has(script: string, letter: string): boolean {
  const matcher = matchers.get(script) ?? new RegExp(`\\p{scx=${script}}`, "u");
  matchers.set(script, matcher);
  return matcher.test(letter);
}
