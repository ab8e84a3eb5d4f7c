// <tcp-transport>: play, pause, step; the scrubber with a tick for each segment and a lane for each run; what to take away.
import { button, h, icon, set, setText } from "./dom.ts";
import { clockTime } from "./format.ts";
import { InFlight, type InFlightActions } from "./in-flight.ts";
import { keysLine } from "./keys-dialog.ts";
import { Pace } from "./pace.ts";
import type { Phrases } from "./phrases.ts";
import { RunsBar, type RunsActions } from "./runs-bar.ts";
import { Scrubber } from "./scrubber.ts";
import { changed, inTurn, type Panel, type Store } from "./store.ts";

/** What the transport asks the stage for; the rest it does on the store. */
export interface TransportActions extends RunsActions, InFlightActions {
  share(): void;
  help(): void;
}

export class TcpTransport extends HTMLElement implements Panel {
  #say!: Phrases;
  #store!: Store;
  #base = "/";
  #play!: HTMLButtonElement;
  #clock = h("span", { class: "clock" });
  #time = h("span", { class: "time" });
  #count = h("small", {});
  #digits = 0; // for which it has room
  pace!: Pace;
  #runs!: RunsBar;
  #edit!: HTMLAnchorElement;
  #inFlight!: readonly InFlight[]; // one for each place: beside the buttons, and below where there is no room
  #scrubber!: Scrubber;
  #low = h("div", { class: "tlow" });

  attach(store: Store, say: Phrases, base: string, actions: TransportActions): void {
    this.#store = store;
    this.#say = say;
    this.#base = base;
    this.setAttribute("role", "toolbar");
    this.setAttribute("aria-label", say.text("play.label"));
    this.#play = button("btn icon primary", "play", say.text("play.play"), () => (store.playing ? store.pause() : store.play()), true);
    const back = button("btn icon", "back", say.text("play.back"), () => store.step(-1), true);
    const forward = button("btn icon", "forward", say.text("play.forward"), () => store.step(1), true);
    this.#runs = new RunsBar(store, say, actions);
    this.pace = new Pace(store, say);
    const edit = say.text("play.playground");
    this.#edit = h("a", { class: "btn icon", "aria-label": edit, title: edit }, icon("edit"));
    const share = button("btn small", "link", say.text("play.share"), () => actions.share());
    share.setAttribute("aria-label", say.text("play.share"));
    const help = button("btn icon ghost help", "help", say.text("keys.all"), () => actions.help(), true);
    const inFlight = (): InFlight => new InFlight(store, say, {
      drop: (id) => {
        this.#play.focus({ preventScroll: true }); // what led there goes
        actions.drop(id);
      },
      openSegment: (id) => actions.openSegment(id),
    });
    const [beside, below] = [inFlight(), inFlight()];
    this.#inFlight = [beside, below];
    this.#clock.append(this.#time, " ", this.#count);
    this.append(
      h("div", { class: "trow" }, this.#play, back, forward, this.#clock, this.pace.speed, h("span", { class: "brk" }), h("span", { class: "sp" }, beside.el), ...this.#runs.els,
        this.#edit, share, help),
    );
    this.#scrubber = new Scrubber(store, say, actions.branchName);
    this.#low.append(this.pace.jumps, keysLine(say), below.el);
    this.append(this.#scrubber.el, this.#low, this.#runs.list);
    store.subscribe(this);
    store.subscribe(inTurn(changed.time | changed.events | changed.log, ({ at }) => setText(this.#time, clockTime(at.t))));
  }

  /** Something of the page was pressed: what is open beside it closes. */
  pressed(target: Node): void {
    this.#runs.pressed(target);
  }

  draw(store: Store, bits: number): void {
    const say = this.#say;
    if (bits & changed.status) {
      this.#play.replaceChildren(icon(store.playing ? "pause" : "play"));
      set(this.#play, "aria-label", say.text(store.playing ? "play.pause" : "play.play"));
    }
    this.#runs.draw(bits);
    this.pace.draw(bits);
    if (bits & (changed.status | changed.log)) this.#showRun();
    if (bits & (changed.events | changed.log)) {
      const { log } = store.current;
      const all = String(log.stops.length);
      if (all.length !== this.#digits) this.#count.style.inlineSize = `${(this.#digits = all.length) * 2 + 1}ch`;
      setText(this.#count, `${log.stopsBefore(store.at.n)}/${all}`);
    }
    for (const x of this.#inFlight) x.draw(bits);
    this.#scrubber.draw(bits);
  }

  #showRun(): void {
    const { branches, current } = this.#store;
    // Whoever has changed a run needs no more telling that it can be done.
    this.classList.toggle("forked", branches.length > 1 || current.inputs.length > 0);
    this.#edit.hidden = !current.token || this.closest("tcp-stage")?.getAttribute("mode") === "playground";
    if (current.token) set(this.#edit, "href", `${this.#base}${this.#say.lang}/playground?run=${encodeURIComponent(current.token)}`);
  }
}
