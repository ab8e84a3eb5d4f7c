// The state diagram of RFC 9293 section 3.3.2: its 21 arrows as they lie in the drawing. Passive states are on the
// outside of the server's half, active ones on the client's.
import type { State } from "./events.gen.ts";

export interface Arrow {
  from: State;
  to: State;
  d: string;
  /** What brings the step about, and where that stands. */
  label: string;
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
}

export interface NodePlace {
  state: State;
  x: number;
  y: number;
}

export const viewBox = "-1 -1 287 312";

/** CLOSED stands twice: where a connection begins, and where it ends. */
export const nodes: readonly NodePlace[] = [
  { state: "CLOSED", x: 143, y: 15 },
  { state: "LISTEN", x: 47, y: 58 },
  { state: "SYN-SENT", x: 239, y: 58 },
  { state: "SYN-RECEIVED", x: 47, y: 102 },
  { state: "ESTABLISHED", x: 143, y: 146 },
  { state: "FIN-WAIT-1", x: 47, y: 194 },
  { state: "CLOSE-WAIT", x: 239, y: 194 },
  { state: "FIN-WAIT-2", x: 47, y: 242 },
  { state: "CLOSING", x: 143, y: 242 },
  { state: "LAST-ACK", x: 239, y: 242 },
  { state: "TIME-WAIT", x: 47, y: 288 },
  { state: "CLOSED", x: 239, y: 288 },
];

const arrow = (from: State, to: State, d: string, label: string, x: number, y: number, anchor: Arrow["anchor"]): Arrow =>
  ({ from, to, d, label, x, y, anchor });

export const arrows: readonly Arrow[] = [
  arrow("CLOSED", "LISTEN", "M100 15H53Q47 15 47 21V46", "listen()", 53, 36, "start"),
  arrow("LISTEN", "CLOSED", "M71 46V33Q71 27 77 27H111", "close()", 77, 41, "start"),
  arrow("CLOSED", "SYN-SENT", "M187 15H233Q239 15 239 21V46", "connect()", 233, 36, "end"),
  arrow("SYN-SENT", "CLOSED", "M215 46V33Q215 27 209 27H175", "close()", 209, 41, "end"),
  arrow("LISTEN", "SYN-SENT", "M91 54H196", "send()", 143, 66, "middle"),
  arrow("LISTEN", "SYN-RECEIVED", "M39 70V90", "rcv SYN", 45, 84, "start"),
  arrow("SYN-RECEIVED", "LISTEN", "M17 90V70", "rcv RST", 21, 84, "start"),
  arrow("SYN-SENT", "SYN-RECEIVED", "M217 70V96Q217 102 211 102H91", "rcv SYN", 160, 97, "middle"),
  arrow("SYN-RECEIVED", "ESTABLISHED", "M77 114V140Q77 146 83 146H100", "rcv ACK", 83, 127, "start"),
  arrow("SYN-SENT", "ESTABLISHED", "M239 70V140Q239 146 233 146H187", "rcv SYN,ACK", 233, 127, "end"),
  arrow("SYN-RECEIVED", "FIN-WAIT-1", "M21 114V182", "close()", 26, 176, "start"),
  arrow("ESTABLISHED", "FIN-WAIT-1", "M117 158V164Q117 170 111 170H53Q47 170 47 176V182", "close()", 57, 165, "start"),
  arrow("ESTABLISHED", "CLOSE-WAIT", "M169 158V164Q169 170 175 170H233Q239 170 239 176V182", "rcv FIN", 229, 165, "end"),
  arrow("FIN-WAIT-1", "FIN-WAIT-2", "M47 206V230", "rcv ACK", 53, 221, "start"),
  arrow("FIN-WAIT-1", "CLOSING", "M91 194H137Q143 194 143 200V230", "rcv FIN", 97, 188, "start"),
  arrow("FIN-WAIT-1", "TIME-WAIT", "M8 198H6Q1.5 198 1.5 204V282Q1.5 288 7 288", "rcv FIN,ACK", 7, 271, "start"),
  arrow("CLOSE-WAIT", "LAST-ACK", "M239 206V230", "close()", 233, 222, "end"),
  arrow("FIN-WAIT-2", "TIME-WAIT", "M47 254V276", "rcv FIN", 53, 269, "start"),
  arrow("CLOSING", "TIME-WAIT", "M143 254V282Q143 288 137 288H91", "rcv ACK", 149, 269, "start"),
  arrow("LAST-ACK", "CLOSED", "M239 254V276", "rcv ACK", 233, 269, "end"),
  arrow("TIME-WAIT", "CLOSED", "M91 294H196", "2MSL", 143, 306, "middle"),
];
