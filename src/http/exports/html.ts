// Pages of HTML that can be printed: whatever is put into one is escaped, and the page may load and run nothing.
import { createHash } from 'node:crypto';

/** A piece of HTML; nothing else is put into another unescaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | readonly Html[];

/** `html\`<p>${name}</p>\``: what stands in braces is text, unless it is HTML already. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, index) => text + textOf(parts[index] ?? '')).join(''));
}

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return String(part).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

export function page(title: string, body: Html): string {
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><style>${new Html(STYLE)}</style></head><body><main>${body}</main></body></html>`
    .text;
}

export interface TableColumn {
  title: string;
  /** Money and counts. */
  right?: true;
}

export function table(columns: readonly TableColumn[], rows: readonly (readonly (string | Html)[])[]): Html {
  const side = (index: number) => new Html(columns[index]?.right ? ' class="right"' : '');
  const head = columns.map(({ title }, index) => html`<th scope="col"${side(index)}>${title}</th>`);
  const body = rows.map(
    (cells) => html`<tr>${cells.map((cell, index) => html`<td${side(index)}>${cell}</td>`)}</tr>\n`,
  );
  return html`<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#fff, #14161a); color: light-dark(#16181d, #e8eaee); }
main { box-sizing: border-box; max-width: 60rem; margin: 0 auto; padding: 2rem 1.5rem; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; } p { margin: .25rem 0 1rem; }
table { width: 100%; border-collapse: collapse; } thead { display: table-header-group; } tr { break-inside: avoid; }
th, td { padding: .4rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere;
  border-bottom: 1px solid light-dark(#d9dde3, #343942); }
th { font-size: .8rem; color: light-dark(#4d5460, #a9b0bc); } .right { text-align: right; font-variant-numeric: tabular-nums; }
ul { margin: 0; padding-left: 1.1rem; } code { font-size: .85em; } small { color: light-dark(#4d5460, #a9b0bc); }
.bad { padding: .6rem .8rem; border: 2px solid #c62828; }
@media print { :root { color-scheme: light; font-size: 10pt; } main { max-width: none; padding: 0; } @page { margin: 1.5cm; } }`;

/** The page's own style by its hash, and nothing else: no script, no picture, no frame, no form. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
