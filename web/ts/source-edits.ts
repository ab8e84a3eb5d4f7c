// Edits of a scenario's source that its controls make. Each changes the smallest piece of text that says what the control
// shows; comments and the reader's own way of writing stay. Places come from the server's reading of the source.
import type { ArgOutline, CallOutline, FaultOutline, HostOutline, LinkOutline, Outline } from "./language.gen.ts";

/** One replacement, in UTF-16 offsets of the text before all of them. */
export interface Change {
  from: number;
  to: number;
  insert: string;
}

export const quote = (text: string): string => JSON.stringify(text);

/** Sets a host's sysctl; undefined where the source computes it. */
export function setSysctl(source: string, host: HostOutline, name: string, value: number): Change[] | undefined {
  const { call, dict } = host;
  const pair = `${quote(name)}: ${value}`;
  if (dict) {
    const entry = dict.entries.find((e) => e.name === name);
    if (entry) return entry.value.literal ? [replace(entry, String(value))] : undefined;
    const first = dict.entries[0];
    if (!first) return [insert(dict.last, (source[dict.last - 1] === "{" ? "" : ", ") + pair)];
    // Before the first one, so that a comment behind the last one stays with it.
    const space = /\s*$/.exec(source.slice(0, first.from))?.[0] ?? "";
    return [insert(first.from, `${pair},${space.includes("\n") ? space.slice(space.lastIndexOf("\n")) : " "}`)];
  }
  return call && [addArg(source, call, `sysctl = {${pair}}`)];
}

/** Sets the link's one-way delay; title names a scenario that has none yet. */
export function setDelay(source: string, link: LinkOutline, delay: string, title: string, bare: boolean): Change[] | undefined {
  const text = quote(delay);
  if (link.call) return setArg(source, link.call, "delay", text);
  if (link.scenario) return [addArg(source, link.scenario, `link = link(delay = ${text})`)];
  return bare ? [insert(0, `scenario(title = ${quote(title)}, link = link(delay = ${text}))\n`)] : undefined;
}

/** Whether the statement of a rule has its lines for itself, so that it can be commented out. */
export function canSwitch(source: string, f: FaultOutline): boolean {
  const before = source.slice(0, f.from);
  if (before !== "" && !before.endsWith("\n")) return false;
  const rest = source.slice(f.to).split("\n", 1)[0] ?? "";
  return !f.on || /^\s*(#.*)?$/.test(rest);
}

/** Comments a rule out, or in again. */
export function switchFault(source: string, f: FaultOutline, on: boolean): Change[] | undefined {
  if (f.on === on) return [];
  if (!canSwitch(source, f)) return undefined;
  const out: Change[] = [];
  let at = f.from;
  for (const line of source.slice(f.from, f.to).split("\n")) {
    const mark = on ? (/^# ?/.exec(line)?.[0].length ?? 0) : 0;
    out.push({ from: at, to: at + mark, insert: on ? "" : "# " });
    at += line.length + 1;
  }
  return out;
}

/** Takes a rule's lines out. */
export function removeFault(source: string, f: FaultOutline): Change[] | undefined {
  if (!canSwitch(source, f)) return undefined;
  const end = source.indexOf("\n", f.to);
  return end < 0 ? [{ from: Math.max(0, f.from - 1), to: source.length, insert: "" }] : [{ from: f.from, to: end + 1, insert: "" }];
}

/** Puts one more statement behind the last one. */
export function addStatement(outline: Outline, text: string): Change[] {
  return [insert(outline.end, `${outline.end > 0 ? "\n" : ""}${text}`)];
}

const emptyArgs: Readonly<Record<string, string>> = { sender: '""', flags: '""', lacks: '""', data: "False", nth: "None" };

/** Sets an argument of a rule, as it is written in the source; without a value it is taken out. */
export function setArg(source: string, call: CallOutline, name: string, value: string | undefined): Change[] | undefined {
  const i = call.args.findIndex((a) => a.name === name);
  const arg = call.args[i];
  if (!arg) return value === undefined ? [] : [addArg(source, call, `${name} = ${value}`)];
  if (!arg.value.literal) return undefined;
  if (value !== undefined) return [replace(arg, value)];
  const positional = arg.from === arg.value.from;
  if (positional) return emptyArgs[name] === undefined ? undefined : [replace(arg, emptyArgs[name])];
  const after = /^[ \t]*,[ \t]*/.exec(source.slice(arg.value.to));
  if (after) return [{ from: arg.from, to: arg.value.to + after[0].length, insert: "" }];
  const before = /,[ \t]*$/.exec(source.slice(0, arg.from));
  return [{ from: arg.from - (before?.[0].length ?? 0), to: arg.value.to, insert: "" }];
}

/** Changes which rule a statement is: drop becomes delay, and gets the time that it needs. */
export function setKind(source: string, f: FaultOutline, kind: string): Change[] | undefined {
  if (!f.call || !f.on || f.kind === kind) return undefined;
  if (f.call.args.some((a) => a.from === a.value.from)) return undefined; // their order means something else in another rule
  const at = source.slice(f.from, f.to).search(new RegExp(`\\b${f.kind}\\s*\\(`));
  if (at < 0) return undefined;
  const changes: Change[] = [{ from: f.from + at, to: f.from + at + f.kind.length, insert: kind }];
  const by = f.call.args.find((a) => a.name === "by");
  if (kind === "delay" && !by) changes.push(addArg(source, f.call, 'by = "100ms"'));
  if (kind === "drop" && by) changes.push(...(setArg(source, f.call, "by", undefined) ?? []));
  return changes;
}

function addArg(source: string, call: CallOutline, text: string): Change {
  return insert(call.last, (source[call.last - 1] === "(" ? "" : ", ") + text);
}

const replace = (a: ArgOutline, text: string): Change => ({ from: a.value.from, to: a.value.to, insert: text });
const insert = (at: number, text: string): Change => ({ from: at, to: at, insert: text });
