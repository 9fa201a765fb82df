import stringWidth from "string-width";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseSettings } from "../../local/settings.ts";
import { UsageError } from "../terminal/cli-error.ts";
import { refuseTypographicDashes, startsWithTilde } from "./check-values.ts";
import { commands, loadAllCommands } from "./commands.ts";
import { runCommandLine } from "./run-command-line.ts";

const all = await loadAllCommands();
const withoutSuggestion = /: see npm (start|run [\w-]+) -- --help\.$/;

interface Outcome {
  stdout: string;
  stderr: string;
  exitCode: typeof process.exitCode;
  /** Of a wrong use. */
  message: string | undefined;
}

/** Calls the command line in this process; whatever is not wrong use fails the test. */
async function call(...args: string[]): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      written[name] += text;
      return true;
    }),
  );
  process.exitCode = undefined;
  try {
    await runCommandLine(args);
    return { ...written, exitCode: process.exitCode, message: undefined };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { ...written, exitCode: process.exitCode, message: error.message };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = undefined;
  }
}

const { columns } = process.stdout;
const setWidth = (value: number | undefined) =>
  Object.defineProperty(process.stdout, "columns", { value, configurable: true });

// Each call watches stdout, as its process does once.
const watchers = process.stdout.listeners("error");
beforeEach(() => void process.stdout.setMaxListeners(100));
afterEach(() => {
  setWidth(columns);
  for (const watcher of process.stdout.listeners("error")) {
    if (!watchers.includes(watcher)) process.stdout.off("error", watcher as () => void);
  }
});

/** All but the example, a command to copy. */
function expectToFit(text: string, width: number): void {
  const lines = text.split("\n").filter((line) => !line.startsWith("  npm "));
  for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(width);
}

/** Arguments with which a command is complete: it fails for the one thing that is tried. */
const complete = (name: string) =>
  /^(load-raw|send-activity|seed-clans)$/.test(name) ? ["no-such-file"] : [];

describe.each(all.map((command) => [command.name(), command] as const))("%s", (name, command) => {
  it.each([60, 80, 120])(
    "prints its help on stdout within %i columns, by --help, -h and help",
    async (width) => {
      setWidth(width);
      const help = await call(name, "--help");
      expect(help).toMatchObject({ stderr: "", exitCode: 0, message: undefined });
      expect(await call(name, "-h")).toEqual(help);
      expect(await call("help", name)).toEqual(help);
      expectToFit(help.stdout, width);
      const words = help.stdout.replace(/\s+/g, " ");
      expect(words).toContain(command.description());
      for (const { flags, description, argChoices = [], defaultValue } of command.options) {
        expect(words).toContain(`${flags} ${description}`);
        if (argChoices.length > 0) expect(words).toContain(`choices: ${argChoices.join(", ")}`);
        if (defaultValue !== undefined) expect(words).toContain(`default: ${defaultValue}`);
      }
      expect(help.stdout).toMatch(new RegExp(`Example:\n  npm (run ${name}|${name}) -- \\S`));
      expect(words).toMatch(/Exit codes: 0 .*1 failed.*64 wrong use/);
    },
  );

  const refuses = async (args: string[], message: RegExp) => {
    const outcome = await call(name, ...args);
    expect(outcome, args.join(" ")).toMatchObject({ stdout: "", stderr: "" });
    expect(outcome.message, args.join(" ")).toMatch(message);
  };

  it("refuses an unknown option with the nearest one, and a surplus argument where it takes none or one", async () => {
    await refuses(["--hepl"], /^Unknown option '--hepl': did you mean --help\?$/);
    await refuses(["--zzzzzzzz"], withoutSuggestion);
    const [last] = command.registeredArguments.slice(-1);
    if (last?.variadic) return;
    for (const args of [["surplus"], ["--", "--surplus"]]) {
      const message = new RegExp(
        `^${name} takes (no arguments|1 argument), not .*surplus${withoutSuggestion.source}`,
      );
      await refuses([...complete(name), ...args], message);
    }
  });

  it("refuses an option without its value, and with an empty one", async () => {
    for (const option of command.options.filter(({ required }) => required)) {
      const flag = `--${option.name()}`;
      await refuses([...complete(name), flag], /^Option '.*' argument missing: see /);
      for (const args of [[flag, ""], [`${flag}=`]]) {
        await refuses(
          [...complete(name), ...args],
          new RegExp(`^${flag} (is empty: give it|must be .*, not "")`),
        );
      }
      await refuses(
        [...complete(name), flag, "--help"],
        new RegExp(`^${flag} (needs a value before|must be .* not) --help`),
      );
    }
  });

  it("refuses an empty argument", async () => {
    if (command.registeredArguments.length === 0) return;
    await refuses([""], /^An argument is empty|, not ""\.$/);
  });

  it("refuses what is no whole number where it takes one", async () => {
    for (const option of command.options.filter(({ flags }) => flags.endsWith("<number>"))) {
      for (const value of ["abc", "-1", "1e6", "1.5", "0x10", "99999999999", "1,000"]) {
        const message = new RegExp(
          `^--${option.name()} must be a whole number from \\d+ to \\d+, not ${value}\\.$`,
        );
        await refuses([`--${option.name()}=${value}`], message);
        await refuses([`--${option.name()}`, value], message);
      }
    }
  });
});

describe("the whole", () => {
  it.each([60, 80, 120])("prints every command on stdout within %i columns", async (width) => {
    setWidth(width);
    const help = await call("--help");
    expect(help).toMatchObject({ stderr: "", exitCode: 0 });
    expectToFit(help.stdout, width);
    for (const name of Object.keys(commands))
      expect(help.stdout).toMatch(new RegExp(`^  ${name} .*\\w`, "m"));
    for (const args of [["-h"], ["help"]]) expect(await call(...args)).toEqual(help);
  });

  it("prints its help on stderr when nothing is asked for, which is wrong use", async () => {
    const { stdout } = await call("--help");
    expect(await call()).toEqual({ stdout: "", stderr: stdout, exitCode: 64, message: undefined });
  });

  it.each([
    [["backfil", "--yes"], "Unknown command 'backfil': did you mean backfill?"],
    [["constructor"], "Unknown command 'constructor': see npm run clan -- --help."],
    [["nothing", "--help"], "Unknown command 'nothing': see npm run clan -- --help."],
    [["help", "nothing"], "Unknown command 'nothing': see npm run clan -- --help."],
    [[""], "Unknown command '': see npm run clan -- --help."],
    [["--version"], "Unknown option '--version': see npm run clan -- --help."],
    [["chaos", "soack"], "Unknown name 'soack': did you mean soak?"],
    [["chaos", "nothing"], "Unknown name 'nothing': see npm run chaos -- --help."],
    [["annotate", "--metric", "DAU"], "Unknown --metric 'DAU': did you mean dau?"],
    // The shell replaces ~ only at the beginning of a word, and not within quotation marks.
    [
      ["generate-raw", "--out=~/parts"],
      "--out has ~/parts, which your shell did not expand: write $HOME/parts instead.",
    ],
    [["start", "--raw", "~"], "--raw has ~, which your shell did not expand: write $HOME instead."],
    [
      ["seed-clans", "a.csv", "--rejects=~/r.csv"],
      "--rejects has ~/r.csv, which your shell did not expand: write $HOME/r.csv instead.",
    ],
    [
      ["load-raw", "~/parts"],
      "load-raw has ~/parts, which your shell did not expand: write $HOME/parts instead.",
    ],
    // Pasted from a document, where -- had become a dash.
    [["backfill", "—yes"], "—yes starts with a dash instead of two hyphens: write --yes."],
    [
      ["load-raw", "parts", "–-target=bigquery"],
      "–-target=bigquery starts with a dash instead of two hyphens: write --target=bigquery.",
    ],
    [["validate", "−−from", "2024-03-01"], "−−from starts with a dash instead of two hyphens: write --from."],
    [["validate", "—help"], "—help starts with a dash instead of two hyphens: write --help."],
    [
      ["validate", "--from", "2024‑03‑01"],
      "--from must be a day as YYYY-MM-DD, not 2024‑03‑01, which has dashes instead of hyphens.",
    ],
    [["validate", "--from", "2024-03-01 "], '--from must be a day as YYYY-MM-DD, not "2024-03-01 ".'],
  ])("refuses %j", async (args, message) => {
    expect(await call(...args)).toMatchObject({ stdout: "", stderr: "", message });
  });
});

it("takes dashes and tildes for what they are in texts and names", () => {
  const command = all.find((one) => one.name() === "load-raw") ?? expect.fail();
  for (const args of [
    ["—", "–5.csv", "—notes.csv"],
    ["--", "—allow-rejects"],
    ["--no-refresh", "-"],
  ]) {
    expect(() => refuseTypographicDashes(command, args)).not.toThrow();
  }
  expect(["~lock.csv", "a/~/b", "./~"].filter(startsWithTilde)).toEqual([]);
  expect(() => parseSettings({ DATA_DIR: "~/data" })).toThrow(
    "DATA_DIR begins with ~, which only a shell expands: write the whole path",
  );
});
