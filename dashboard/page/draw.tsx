import { render } from "preact";
import { onPaletteChange } from "./charts/palette.ts";
import { page } from "./page.ts";
import { App } from "./shell/app.tsx";

const root = document.getElementById("app") as HTMLElement;
root.replaceChildren();
page.onChange((state) => render(<App state={state} actions={page.actions} />, root));

addEventListener("popstate", () => page.followUrl());
document.addEventListener("visibilitychange", () => void page.checkForChanges());
onPaletteChange(() => page.set({ palette: page.state().palette + 1 }));
for (const [event, isPrinting] of [
  ["beforeprint", true],
  ["afterprint", false],
] as const) {
  addEventListener(event, () => page.set({ isPrinting }));
}
void page.poll();
