import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { chartImage } from "./chart-image.ts";
import { csvText } from "./csv.ts";
import { download } from "./download.ts";
import { ScrollArea } from "./scroll-area.tsx";

/** A header and rows, as text. */
export interface Content {
  head: string[];
  rows: string[][];
}

interface PanelProps {
  /** Also the first part of the files' names. */
  id: string;
  title: string;
  /** One sentence below the title. */
  hint?: string | undefined;
  /** What is shown: for the names of files, and for the image. */
  about: About;
  /** What the panel shows, with every digit. */
  csv: () => Content;
  /** The table behind a chart, formatted like the chart. */
  table?: () => Content;
  children: ComponentChildren;
}

/** The selection as a part of file names, and in words. */
export interface About {
  file: string;
  words: string;
}

// Without it, Excel reads UTF-8 in the code page of the computer: Kızıl as KÄ±zÄ±l.
const byteOrderMark = "\ufeff";

/** A section with a title and downloads; behind a chart, with a table. */
export function Panel({ id, title, hint, about, csv, table, children }: PanelProps) {
  const section = useRef<HTMLElement>(null);
  const heading = `${id}-title`;
  const saveCsv = () => {
    const { head, rows } = csv();
    const text = csvText([head, ...rows]);
    download(`${id}_${about.file}.csv`, new Blob([byteOrderMark, text], { type: "text/csv;charset=utf-8" }));
  };
  const saveImage = async () => {
    const chart = section.current?.querySelector<HTMLElement>(".chart");
    if (chart) download(`${id}_${about.file}.png`, await chartImage(chart, title, about.words));
  };
  const toggleFullScreen = () =>
    document.fullscreenElement ? document.exitFullscreen() : section.current?.requestFullscreen();
  return (
    <section id={id} class="panel" aria-labelledby={heading} ref={section}>
      <header>
        <div>
          <h2 id={heading}>{title}</h2>
          {hint && <p class="hint">{hint}</p>}
        </div>
        <div class="tools">
          <button class="quiet" type="button" aria-label={`Download ${title} as CSV`} onClick={saveCsv}>
            CSV
          </button>
          {table && (
            <>
              <button class="quiet" type="button" aria-label={`Download ${title} as PNG`} onClick={saveImage}>
                PNG
              </button>
              <button
                class="quiet"
                type="button"
                aria-label={`Show ${title} in full screen`}
                onClick={toggleFullScreen}
              >
                Full screen
              </button>
            </>
          )}
        </div>
      </header>
      {children}
      {table && <TableBehind title={title} content={table} />}
    </section>
  );
}

function TableBehind({ title, content }: { title: string; content: () => Content }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="behind" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Show as a table</summary>
      <ScrollArea label={`${title}, the table`}>
        {isOpen && <TextTable caption={title} {...content()} />}
      </ScrollArea>
    </details>
  );
}

/** A table whose first column holds the row headers. */
export function TextTable({ caption, head, rows }: Content & { caption: string }) {
  return (
    <table>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {head.map((text) => (
            <th key={text} scope="col">
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([first = "", ...cells], at) => (
          <tr key={at}>
            <th scope="row">{first}</th>
            {cells.map((text, column) => (
              <td key={column}>{text}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
