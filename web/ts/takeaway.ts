// What a run is called and how it is had outside of the stage: names of files, addresses, command lines, snippets.
import type { MetaEvent } from "./events.gen.ts";

/** The run and the moment that are taken along. */
export interface Taken {
  token: string;
  meta: MetaEvent;
  at: number; // µs
  page: URL; // the address of exactly this
  base: URL; // the service
  title: string;
}

/** The beginning of the run's file names: its scenario, seed and choices, and what tells a changed run from others. */
export function fileStem({ token, meta }: Taken): string {
  const name = meta.scenario.name ? [meta.scenario.name.replaceAll("/", "-"), String(meta.seed), ...Object.values(meta.vary ?? {})] : ["run"];
  const changed = meta.inputs.length > 0 || !meta.scenario.name;
  return [...name, ...(changed ? [token.slice(token.lastIndexOf("~") + 1)] : [])].join("-").replace(/[^\w-]/g, "_");
}

/** The address of the run as a file. */
export function fileAddress({ base, token, at }: Taken, format: string, host?: string): string {
  const url = new URL(`api/v1/runs.${format}`, base);
  url.searchParams.set("run", token);
  if (host) url.searchParams.set("host", host);
  if (format === "ss") url.searchParams.set("at", String(Math.floor(at)));
  return url.href;
}

/** The command that computes the run; one of a visitor's source is told by its token alone. */
export function commandLine({ meta, token }: Taken): string {
  const { name } = meta.scenario;
  if (!name) return tokenLine(token);
  const words = ["finwait", "run", name, "--seed", String(meta.seed)];
  for (const [key, value] of Object.entries(meta.vary ?? {})) words.push("--vary", shellWord(`${key}=${value}`));
  for (const input of meta.inputs) words.push("--input", shellWord(JSON.stringify(input)));
  return words.join(" ");
}

export function tokenLine(token: string): string {
  return `finwait run --token ${shellWord(token)}`;
}

/** A word as a POSIX shell takes it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

const lessonPath = /^(?:embed\/)?(en|zh)\/lessons\/([a-z0-9-]+)$/;

/** The run in its lesson's frame, and what gives the frame its height; undefined on a page that is no lesson. */
export function frameSnippet({ page, base, title }: Taken): string | undefined {
  const m = lessonPath.exec(page.pathname.slice(base.pathname.length));
  if (!m) return undefined;
  const src = new URL(`embed/${m[1]}/lessons/${m[2]}`, base);
  src.search = page.search;
  return `<iframe src="${escape(src.href)}" title="${escape(title)}" width="700" height="1440" loading="lazy" allow="clipboard-write" style="border:0;width:100%"></iframe>
<script src="${escape(new URL("embed.js", base).href)}" async></script>`;
}

/** The full page of a lesson, also from within a frame. */
export function fullPage(page: URL, base: URL): URL {
  const url = new URL(page);
  const path = url.pathname.slice(base.pathname.length);
  url.pathname = base.pathname + path.replace(/^embed\//, "");
  url.search = url.search.replaceAll("%2F", "/").replaceAll("%7E", "~"); // a query may have both, and a token is read better so
  return url;
}

/** Where sites that know oEmbed ask for the frame. */
export function oembedAddress({ page, base }: Taken): string {
  const url = new URL("oembed", base);
  url.searchParams.set("format", "json");
  url.searchParams.set("url", page.href);
  return url.href;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
