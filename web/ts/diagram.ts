// The state diagram of RFC 9293 section 3.3.2: its 21 arrows as they lie in the drawing. Passive states are on the
// outside of the server's half, active ones on the client's. A unit is about a pixel of the narrowest panel, so that text
// of 11.3 is never smaller than 11 px.
import { type ArrowId, arrowList } from "./arrows.gen.ts";
import type { State } from "./events.gen.ts";
import { shortName } from "./family.ts";

type Anchor = "start" | "middle" | "end";

export interface Arrow {
  id: ArrowId;
  from: State;
  to: State;
  d: string;
  /** What brings the step about, and where that stands. */
  label: string;
  x: number;
  y: number;
  anchor: Anchor;
}

export interface NodePlace {
  state: State;
  x: number;
  y: number;
}

export const viewBox = "-3 0 254 281";

/** CLOSED stands twice: where a connection begins, and where it ends. */
export const nodes: readonly NodePlace[] = [
  { state: "CLOSED", x: 130, y: 14 },
  { state: "LISTEN", x: 50, y: 54 },
  { state: "SYN-SENT", x: 201, y: 54 },
  { state: "SYN-RECEIVED", x: 50, y: 94 },
  { state: "ESTABLISHED", x: 130, y: 132 },
  { state: "FIN-WAIT-1", x: 50, y: 172 },
  { state: "CLOSE-WAIT", x: 201, y: 172 },
  { state: "FIN-WAIT-2", x: 50, y: 214 },
  { state: "CLOSING", x: 129, y: 214 },
  { state: "LAST-ACK", x: 201, y: 214 },
  { state: "TIME-WAIT", x: 50, y: 256 },
  { state: "CLOSED", x: 201, y: 256 },
];

export const nodeHeight = 24;

/** The width of a state's box: its name, its glyph, and the space around them. */
export function nodeWidth(state: State): number {
  return Math.round(shortName(state).length * 6.8 + 18);
}

const drawn: Record<ArrowId, readonly [d: string, x: number, y: number, anchor: Anchor]> = {
  "CLOSED>LISTEN": ["M100 14H62Q56 14 56 20V41", 96, 10, "end"],
  "LISTEN>CLOSED": ["M71 42V26Q71 20 77 20H99", 76, 37, "start"],
  "CLOSED>SYN-SENT": ["M160 14H195Q201 14 201 20V41", 164, 10, "start"],
  "SYN-SENT>CLOSED": ["M183 42V26Q183 20 177 20H161", 179, 37, "end"],
  "LISTEN>SYN-SENT": ["M80 50H163", 122, 62, "middle"],
  "LISTEN>SYN-RECEIVED": ["M58 66V81", 63, 77, "start"],
  "SYN-RECEIVED>LISTEN": ["M45 82V67", 42, 77, "end"],
  "SYN-SENT>SYN-RECEIVED": ["M185 66V88Q185 94 179 94H88", 146, 90, "middle"],
  "SYN-RECEIVED>ESTABLISHED": ["M70 106V126Q70 132 76 132H82", 75, 117, "start"],
  "SYN-SENT>ESTABLISHED": ["M201 66V126Q201 132 195 132H178", 197, 117, "end"],
  "SYN-RECEIVED>FIN-WAIT-1": ["M21 106V159", 25, 130, "start"],
  "ESTABLISHED>FIN-WAIT-1": ["M104 144V146Q104 152 98 152H56Q50 152 50 158V159", 82, 148, "end"],
  "ESTABLISHED>CLOSE-WAIT": ["M156 144V146Q156 152 162 152H195Q201 152 201 158V159", 180, 148, "start"],
  "FIN-WAIT-1>FIN-WAIT-2": ["M50 184V201", 56, 197, "start"],
  "FIN-WAIT-1>CLOSING": ["M93 172H124Q130 172 130 178V201", 97, 168, "start"],
  "FIN-WAIT-1>TIME-WAIT": ["M7 177Q1 177 1 183V250Q1 256 7 256H9", 5, 278, "start"],
  "CLOSE-WAIT>LAST-ACK": ["M201 184V201", 195, 197, "end"],
  "FIN-WAIT-2>TIME-WAIT": ["M50 226V243", 56, 239, "start"],
  "CLOSING>TIME-WAIT": ["M130 226V250Q130 256 124 256H91", 136, 240, "start"],
  "LAST-ACK>CLOSED": ["M201 226V243", 195, 239, "end"],
  "TIME-WAIT>CLOSED": ["M90 261H170", 130, 272, "middle"],
};

export const arrows: readonly Arrow[] = arrowList.map(({ id, from, to, by }) => {
  const [d, x, y, anchor] = drawn[id];
  return { id, from, to, d, label: by, x, y, anchor };
});
