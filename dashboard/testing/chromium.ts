import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { inflate } from "@sparticuz/chromium";
import { Launcher } from "chrome-launcher";
import { type Browser, chromium } from "playwright-core";

/** A browser of this machine, as `launchChromium` starts it. */
export interface Chromium {
  executablePath: string;
  env?: Record<string, string>;
}

const packageFolder = dirname(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")));

/**
 * Finds a Chromium that starts on this machine: the one of the npm package, unpacked into `folder`; the same with the libraries
 * that the package brings for systems that lack them; or an installed Chrome or Chromium.
 * @throws {Error} with the reasons and what to install, when none starts
 */
export async function findChromium(folder: string): Promise<Chromium> {
  const reasons: string[] = [];
  for (const candidate of [...bundledBrowsers(folder), ...installedBrowsers()]) {
    try {
      const found = await candidate();
      await (await launchChromium(found)).close();
      return found;
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  throw new Error(
    `no Chromium starts here (${[...new Set(reasons)].join("; ")}): install one, such as with "apt-get install chromium"`,
  );
}

/** Starts a browser that `findChromium` found. */
export async function launchChromium({ executablePath, env }: Chromium): Promise<Browser> {
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    args: [
      "--disable-gpu",
      // The processor draws either way; this saves a process.
      "--disable-software-rasterizer",
      "--in-process-gpu",
      "--font-render-hinting=none",
      "--disable-background-networking",
    ],
  });
}

type Candidate = () => Promise<Chromium>;

/** The package holds a program for Linux on x64 alone. */
function bundledBrowsers(folder: string): Candidate[] {
  if (process.platform !== "linux" || process.arch !== "x64") return [];
  const unpacked = unpack(folder);
  return [
    () => unpacked,
    async () => {
      const found = await unpacked;
      const LD_LIBRARY_PATH = join(await inflateInto(folder, "al2023.tar.br"), "lib");
      return { ...found, env: { ...found.env, LD_LIBRARY_PATH } };
    },
  ];
}

async function unpack(folder: string): Promise<Chromium> {
  const [executablePath, fonts] = await Promise.all([
    inflateInto(folder, "chromium.br"),
    inflateInto(folder, "fonts.tar.br"),
  ]);
  return { executablePath, env: { FONTCONFIG_FILE: fontSettings(fonts) } };
}

/** A minimal system has no font, and text would have no width: the package's font stands behind the system's own. */
function fontSettings(fonts: string): string {
  const path = join(fonts, "with-system-fonts.conf");
  writeFileSync(
    path,
    `<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${fonts}</dir>
  <cachedir>${join(fonts, "cache")}</cachedir>
</fontconfig>
`,
  );
  return path;
}

/** The package unpacks into the temporary folder: in a shared one, another user may have put a program of that name. */
function inflateInto(folder: string, name: string): Promise<string> {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    // Reads the variable before it returns.
    return inflate(join(packageFolder, "bin", name));
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

function installedBrowsers(): Candidate[] {
  try {
    return Launcher.getInstallations().map((executablePath) => async () => ({ executablePath }));
  } catch {
    // It throws where it finds none.
    return [];
  }
}

/** What the program itself said, such as the library that it misses, else the first line of the message. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const said = /error while loading shared libraries: ([^\n]+)/.exec(message)?.[1];
  return (said ?? message.split("\n")[0] ?? "").replace(/^browserType\.launch: /, "");
}
