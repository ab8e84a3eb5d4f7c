// What ss writes of a socket. The server has the same for its files: internal/export/ss.go.
import type { State, TimerName } from "./events.gen.ts";
import type { Armed, Host, Socket } from "./model.ts";

const names: Partial<Record<State, string>> = { CLOSED: "UNCONN", "SYN-RECEIVED": "SYN-RECV", ESTABLISHED: "ESTAB" };

/** A state as ss names it. */
export function ssState(state: State): string {
  return names[state] ?? state;
}

/** The timers that ss shows, the first that is armed alone. A delayed acknowledgment is not among them. */
const shown: readonly (readonly [TimerName, string])[] = [
  ["time-wait", "timewait"], ["fin-wait-2", "timewait"], ["syn-ack", "on"], ["retransmit", "on"], ["probe", "on"],
  ["persist", "persist"], ["keepalive", "keepalive"],
];

/** The timer that ss shows of a socket. */
export function ssTimer(s: Socket): Armed | undefined {
  for (const [name] of shown) {
    const armed = s.timers.find((a) => a.timer === name);
    if (armed) return armed;
  }
  return undefined;
}

/** A timer as ss writes it at a time: timer:(on,204ms,0). */
export function ssTimerText(a: Armed, t: number): string {
  // A long FIN-WAIT-2 keeps a full socket, whose timer is the one of keepalives.
  const name = a.rule === "linux/fin-timeout-long" ? "keepalive" : shown.find(([timer]) => timer === a.timer)?.[1];
  return `timer:(${name},${ssSpan(a.at - t)},${a.attempt})`;
}

/** A time left as ss writes it: 119min, 1min59sec, 59sec, 1.500ms for 1.5 s, 204ms. */
export function ssSpan(left: number): string {
  const ms = Math.floor(Math.max(left, 0) / 1000);
  const minutes = Math.floor(ms / 60_000);
  let secs = Math.floor(ms / 1000) % 60;
  let msecs = minutes > 0 ? 0 : ms % 1000;
  if (minutes > 9) secs = 0;
  if (secs > 9) msecs = 0;
  const text = minutes > 0 ? `${minutes}min` : "";
  if (msecs === 0) return secs > 0 ? `${text}${secs}sec` : text;
  return `${text}${secs > 0 ? `${secs}.` : ""}${String(msecs).padStart(3, "0")}ms`;
}

/** The sockets that ss lists of a host: listeners first, then connections, each by age. */
export function listed(h: Host | undefined): Socket[] {
  if (!h || h.off) return [];
  const all = [...h.sockets.values()].filter((s) => s.state !== "CLOSED");
  return [...all.filter((s) => s.listener), ...all.filter((s) => !s.listener)];
}
