// What the log says of a host and of the link at a position of the playhead, and the world model does not keep: open
// descriptors, power, the link's directions, sysctls. Pure functions of the first n events.
import type { CallEvent, LogEvent } from "./events.gen.ts";
import type { RunLog } from "./run-log.ts";
import { sysctls } from "./sysctl.gen.ts";

/** A socket that a program has open. */
export interface Descriptor {
  proc: string;
  fd: number;
  /** "new" till it connects or listens. */
  kind: "new" | "listener" | "connection";
  /** SHUT_WR was called on it, or SHUT_RDWR. */
  shut: boolean;
}

/** The descriptors that the programs of a host have open, by program and number. */
export function descriptors(log: RunLog, n: number, host: string): Descriptor[] {
  const open = new Map<string, Descriptor>();
  const calls = new Map<number, CallEvent>();
  const key = (proc: string, fd: number): string => `${proc} ${fd}`;
  for (const e of first(log, n)) {
    if (!("host" in e) || e.host !== host) continue;
    if (e.kind === "process" && e.action !== "start") {
      for (const [k, d] of open) if (d.proc === e.proc) open.delete(k);
    }
    if (e.kind === "call") {
      calls.set(e.id, e);
      const d = open.get(key(e.proc, e.fd));
      if (d && e.call === "connect") d.kind = "connection"; // it can be closed while it waits
    }
    if (e.kind !== "return" || e.ret < 0) continue;
    const d = open.get(key(e.proc, e.fd));
    if (e.call === "socket") open.set(key(e.proc, e.ret), { proc: e.proc, fd: e.ret, kind: "new", shut: false });
    else if (e.call === "accept") open.set(key(e.proc, e.ret), { proc: e.proc, fd: e.ret, kind: "connection", shut: false });
    else if (e.call === "close") open.delete(key(e.proc, e.fd));
    else if (d && e.call === "listen") d.kind = "listener";
    else if (d && e.call === "shutdown" && calls.get(e.id)?.args[0] !== "SHUT_RD") d.shut = true;
  }
  return [...open.values()];
}

/** The programs of a host that run. */
export function living(log: RunLog, n: number, host: string): string[] {
  const procs = new Set<string>();
  for (const e of first(log, n)) {
    if (e.kind !== "process" || e.host !== host) continue;
    if (e.action === "start") procs.add(e.proc);
    else procs.delete(e.proc);
  }
  return isOff(log, n, host) ? [] : [...procs];
}

export function isOff(log: RunLog, n: number, host: string): boolean {
  return first(log, n).some((e) => e.kind === "input" && e.do["power-off"]?.host === host);
}

/** The hosts whose segments the link loses. */
export function cutFrom(log: RunLog, n: number): Set<string> {
  const cut = new Set<string>();
  const hosts = log.meta?.hosts.map((h) => h.name) ?? [];
  for (const e of first(log, n)) {
    if (e.kind !== "input") continue;
    const { cut: cuts, heal } = e.do;
    for (const name of hosts) {
      if (cuts && (!cuts.from || cuts.from === name)) cut.add(name);
      if (heal && (!heal.from || heal.from === name)) cut.delete(name);
    }
  }
  return cut;
}

/** The value of a host's sysctl: set by an input, by the scenario, or its default. */
export function sysctlOf(log: RunLog, n: number, host: string, name: string): number | undefined {
  const set = first(log, n).findLast((e) => e.kind === "input" && e.do.sysctl?.host === host && e.do.sysctl.name === name);
  if (set?.kind === "input") return set.do.sysctl?.value;
  return log.meta?.hosts.find((h) => h.name === host)?.sysctl[name] ?? sysctls.find((s) => s.name === name)?.default;
}

function first(log: RunLog, n: number): LogEvent[] {
  return log.events.slice(0, n);
}
