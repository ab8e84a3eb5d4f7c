// <tcp-predict>: the question of a lesson's stage. The run waits for the answer; then it goes on, and says whether the
// prediction held, and by which event. Its text is the page's, which reads the same without scripts.
import { button, h, icon, unbroken } from "./dom.ts";
import { clockTime } from "./format.ts";
import type { Phrases } from "./phrases.ts";
import { notePrediction, predicted } from "./predicted.ts";
import { numberOf } from "./stage-data.ts";
import { changed, type Panel, type Store } from "./store.ts";

const skipped = -1;

export class TcpPredict extends HTMLElement implements Panel {
  #store!: Store;
  #say!: Phrases;
  #form = h("form", { class: "opts" });
  #set = h("fieldset", {});
  #acts = h("div", { class: "acts" });
  #said = h("p", { class: "said", role: "status" });
  #choice: number | undefined; // what was predicted; undefined while it is not
  #told = false; // whether it held
  /** Where it stands may be another place now. */
  onPlace: () => void = () => {};

  /** The event after which the run waits; undefined where this page does not ask, or has asked before. */
  get hold(): number | undefined {
    return this.#choice === undefined ? numberOf(this.getAttribute("hold")) : undefined;
  }

  /** Whether it belongs on the stage, which stands beside the text or below it: to ask there, or to tell what came of it. A
   * question that was skipped is the text's again. */
  onStage(beside: boolean): boolean {
    return this.#choice === undefined ? beside : this.#choice !== skipped;
  }

  get #slug(): string {
    return this.getAttribute("lesson") ?? "";
  }

  /** Makes the choices of the page's list buttons. To be called before the run is opened, which asks for hold. */
  attach(store: Store, say: Phrases): void {
    this.#store = store;
    this.#say = say;
    this.#choice = predicted(this.#slug);
    const list = this.querySelector("ol");
    this.#set.append(h("legend", { class: "sr" }, say.text("predict.label")), ...[...(list?.children ?? [])].map((li, i) => this.#option(li, i)));
    this.#acts.append(
      h("button", { type: "submit", class: "btn primary" }, say.text("predict.run")),
      button("btn ghost", undefined, say.text("predict.skip"), () => this.#answer(skipped)));
    this.#form.append(this.#set, this.#acts);
    list?.replaceWith(this.#form);
    this.#acts.append(this.#said);
    this.#form.addEventListener("submit", (e) => {
      e.preventDefault();
      const chosen = this.#radios.findIndex((r) => r.checked);
      if (chosen < 0) this.#tell(say.text("predict.choose"));
      else this.#answer(chosen);
    });
    this.#form.addEventListener("keydown", (e) => {
      if (/^[1-9]$/.test(e.key) && !e.ctrlKey && !e.altKey && !e.metaKey && this.choose(Number(e.key))) e.preventDefault();
    });
    store.onHeld = () => this.ask();
    store.subscribe(this);
    this.#show();
  }

  get #radios(): HTMLInputElement[] {
    return [...this.#set.querySelectorAll("input")];
  }

  #option(li: Element, i: number): HTMLLabelElement {
    const radio = h("input", { type: "radio", name: "predict", value: i });
    return h("label", { class: "ro" }, radio, h("span", {}, ...li.childNodes), h("kbd", { "aria-hidden": "true" }, String(i + 1)));
  }

  /** Chooses the nth option, from 1; false where there is none, or nothing is asked. */
  choose(n: number): boolean {
    const radio = this.#radios[n - 1];
    if (!radio || this.#choice !== undefined) return false;
    radio.checked = true;
    radio.focus();
    return true;
  }

  /** The run has come to where it waits, or is asked to go beyond. */
  ask(): void {
    if (this.#choice !== undefined) return;
    this.#tell(this.#say.text("predict.waits"));
    this.classList.add("asks");
    this.scrollIntoView({ block: "nearest" });
    (this.#radios.find((r) => r.checked) ?? this.#radios[0])?.focus({ preventScroll: true });
  }

  #answer(choice: number): void {
    this.#choice = choice;
    notePrediction(this.#slug, choice);
    this.#store.release();
    this.#show();
    this.dispatchEvent(new CustomEvent("fw-predict", { bubbles: true, composed: true, detail: { choice } }));
    if (choice !== skipped) this.#store.play();
  }

  /** What is seen: the question with its choices; or what was predicted, and whether it held once the run has shown it. */
  #show(): void {
    const asked = this.#choice !== undefined;
    this.classList.toggle("done", asked);
    if (asked) this.classList.remove("asks");
    this.#form.hidden = asked;
    const answer = this.querySelector("details");
    if (!asked || !answer) return;
    // From now on one line is enough; the question is to be read again beside its answer.
    answer.hidden = !this.#told && this.#choice !== skipped;
    const question = this.querySelector(".q");
    if (question?.parentElement === this) {
      if (this.#choice !== skipped) answer.querySelector("summary")?.after(question);
      answer.before(this.#said);
    }
    this.onPlace();
    if (this.#choice === skipped) this.#tell(this.#say.text("predict.skipped"));
    else this.#tell(this.#say.text("predict.made", { choice: this.#textOf(this.#choice!) }));
  }

  #textOf(i: number): string {
    return this.#set.querySelectorAll("label.ro > span")[i]?.textContent?.trim() ?? "";
  }

  #tell(...what: (Node | string)[]): void {
    this.#said.replaceChildren(...what.flatMap((x) => (typeof x === "string" ? unbroken(x) : x)));
  }

  draw(store: Store, bits: number): void {
    if (!(bits & (changed.events | changed.log))) return;
    // A change that the reader makes, or a comparison, has taken the question away.
    if (this.#choice === undefined && !store.first.hold && this.hasAttribute("hold")) {
      this.#choice = skipped;
      this.#show();
    }
    const decides = numberOf(this.getAttribute("decides")) ?? Infinity;
    if (this.#told || this.#choice === undefined || this.#choice === skipped || store.current !== store.first || store.at.n <= decides) return;
    this.#told = true;
    this.#verdict(store, decides);
  }

  #verdict(store: Store, decides: number): void {
    const say = this.#say;
    const right = numberOf(this.getAttribute("right")) ?? 0;
    const held = this.#choice === right;
    const t = store.first.log.events[decides]?.t ?? 0;
    const go = button("btn link", undefined, say.text("predict.event", { time: clockTime(t) }), () => {
      if (store.current !== store.first) store.show(store.first);
      store.seekEvent(decides);
    });
    this.#show();
    const words = held ? this.#textOf(right) : say.text("predict.unheld", { choice: this.#textOf(this.#choice!), right: this.#textOf(right) });
    this.#tell(h("span", { class: `vd ${held ? "ok" : "no"}` }, icon(held ? "check" : "cross"), say.text(held ? "predict.yes" : "predict.no")), " ", words, " · ", go);
  }
}
