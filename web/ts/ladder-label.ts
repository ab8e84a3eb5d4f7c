// The label of one segment on the ladder.
import { s, setText } from "./dom.ts";
import { charWidth, type PlacedLabel, upon } from "./ladder-labels.ts";

export interface DrawnLabel {
  el: SVGGElement;
  /** Puts the label along its wire: at gives the point at a share of the way, turn is the angle in degrees. */
  place(at: (share: number) => string, turn: number): void;
  raise(on: boolean): void;
}

const height = 12; // px

/** Draws a label. One that had to leave something out says all while it is raised, over whatever is there. */
export function drawLabel(p: PlacedLabel, kind: string, id: number): DrawnLabel {
  const figures = s("tspan", { class: "nm" });
  const text = s("text", { class: "lab", "text-anchor": "middle" }, s("tspan", { class: "fl" }, p.flags), figures);
  const behind = s("rect", { class: "behind", height, rx: 2 });
  const el = s("g", { class: `seglab ${kind}`, "data-id": id, "aria-hidden": "true" }, behind, text);
  let at: (share: number) => string = () => "0 0";
  let turn = 0;
  const draw = (raised: boolean): void => {
    const over = raised && (!p.shown || p.figures !== p.full);
    const lift = over ? upon : p.lift;
    const said = over ? p.full : p.figures;
    const width = charWidth * `${p.flags} ${said}`.length + 6;
    el.setAttribute("transform", `translate(${at(over ? 0.5 : p.at)}) rotate(${turn.toFixed(1)})`);
    setText(figures, ` ${said}`);
    text.setAttribute("y", String(-lift));
    behind.setAttribute("x", (-width / 2).toFixed(1));
    behind.setAttribute("y", String(-lift - 9.5));
    behind.setAttribute("width", lift === upon ? width.toFixed(1) : "0");
    el.classList.toggle("up", raised);
    if (p.shown || raised) el.removeAttribute("visibility");
    else el.setAttribute("visibility", "hidden");
  };
  return {
    el,
    place(where, angle) {
      [at, turn] = [where, angle];
      draw(el.classList.contains("up"));
    },
    raise(on) {
      if (on === el.classList.contains("up")) return;
      draw(on);
      if (on && isCovered(el)) el.parentNode?.append(el);
    },
  };
}

/** Whether other labels are drawn over this one. One that need not be moved is not: a press on it would lose its click. */
function isCovered(label: Element): boolean {
  for (let next = label.nextElementSibling; next; next = next.nextElementSibling) if (next.classList.contains("seglab")) return true;
  return false;
}
