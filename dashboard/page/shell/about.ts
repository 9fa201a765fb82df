import { countryName, platformName, rangeText } from "../figures/names.ts";
import type { About } from "../parts/panel.tsx";
import type { Frame } from "../state/frame.ts";

/** The selection as a part of file names, and in words. */
export function aboutOf({ selection: { platform, countries }, resolved: { range } }: Frame): About {
  const file = [range.from, range.to, platform, countries.join("-")].filter(Boolean).join("_").slice(0, 120);
  const words = [
    rangeText(range.from, range.to),
    platform ? platformName(platform) : "all platforms",
    countries.length > 0 ? countries.map(countryName).join(", ") : "all countries",
  ];
  return { file, words: words.join(" · ") };
}
