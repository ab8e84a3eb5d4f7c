// What the keys do on a stage; keys-dialog.ts lists them for the reader.
import type { Acts } from "./acts.ts";
import type { StageFrame } from "./stage-frame.ts";
import type { Store } from "./store.ts";

/** What the keyboard asks the stage for; the rest it does on the store, the view and the acts. */
export interface KeyboardStage {
  /** The segment that an element is of, if it is of one. */
  aimed(target: EventTarget): number | undefined;
  /** Puts the run and its counterpart side by side, or shows the one alone again. */
  compare(): void;
  /** Chooses an answer of the question that the run waits for; false where there is none. */
  predict(choice: number): boolean;
}

export class Keyboard {
  #store: Store;
  #view: StageFrame;
  #acts: Acts;
  #stage: KeyboardStage;

  constructor(store: Store, view: StageFrame, acts: Acts, stage: KeyboardStage) {
    [this.#store, this.#view, this.#acts, this.#stage] = [store, view, acts, stage];
  }

  /** Takes a press of a key, unless it is of something else. */
  press(e: KeyboardEvent): void {
    if (e.ctrlKey || e.altKey || e.metaKey || e.defaultPrevented) return;
    const target = e.target as HTMLElement;
    if (target.closest("input, select, textarea, dialog")) return;
    if (this.#act(e, target)) e.preventDefault();
  }

  /** Does what the key asks for; whether it meant anything. */
  #act(e: KeyboardEvent, target: HTMLElement): boolean {
    const store = this.#store;
    const segment = this.#stage.aimed(target);
    switch (e.key) {
      case " ":
        if (target.closest("button, a, summary")) return false;
        if (store.playing) store.pause();
        else store.play();
        return true;
      case "ArrowLeft":
      case "ArrowRight":
        store.step((e.key === "ArrowLeft" ? -1 : 1) * (e.shiftKey ? 10 : 1));
        return true;
      case "Home":
      case "End":
        store.jump(e.key === "End");
        return true;
      case "Enter":
        if (segment === undefined) return false;
        this.#acts.openSegment(segment);
        return true;
      case "Tab":
        return segment !== undefined && this.#view.ladderOf(this.#store.current).focusNext(segment, e.shiftKey);
      case "Escape":
        if (store.selected === undefined) return false;
        store.select(undefined);
        return true;
      case "[":
      case "]":
        this.#nextBranch(e.key === "]" ? 1 : -1);
        return true;
    }
    return this.#view.keys.letters && this.#letter(e.key.toLowerCase(), e.shiftKey, segment);
  }

  #letter(key: string, shift: boolean, focused: number | undefined): boolean {
    if (/^[1-9]$/.test(key)) return this.#stage.predict(Number(key));
    switch (key) {
      case "?":
        this.#view.keys.show();
        return true;
      case "c":
        this.#stage.compare();
        return true;
      case "p":
      case "n":
        this.#view.pace.jump(key === "p");
        return true;
      case ",":
      case ".":
        this.#view.pace.change(key === "," ? -1 : 1);
        return true;
      case "t":
        this.#view.lens.toggle();
        return true;
      case "z":
      case "y":
        if (key === "y" || shift) this.#acts.redo();
        else this.#acts.undo();
        return true;
      case "h": {
        const host = this.#view.ladderOf(this.#store.current).hostAt(shift ? "last" : "first");
        if (host !== undefined) this.#acts.openHost(host);
        return host !== undefined;
      }
      case "w":
        if (focused !== undefined) this.#store.select(this.#store.current.log.segments.get(focused)?.sent.seq);
        this.#view.showWhy();
        return true;
      case "d":
      case "l":
      case "u":
        this.#acts.byLetter(key, focused);
        return true;
    }
    return false;
  }

  #nextBranch(step: number): void {
    const { branches, current } = this.#store;
    const next = branches[branches.indexOf(current) + step];
    if (next) this.#store.show(next);
  }
}
