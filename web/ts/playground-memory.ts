// What survives a reload, Back, a change of language and a server's restart: the text that is being written, in this
// browser's storage and in the history entry; and the run, in the address.
import { type Draft, Drafts } from "./drafts.ts";

/** The run that the page came with. */
export interface PageRun {
  source: string;
  scenario: string;
  vary: Record<string, string>;
  seed: number;
  token: string;
}

const tabKey = "finwait-playground-tab";

export class PlaygroundMemory {
  readonly drafts: Drafts;
  #session: Storage | undefined;

  constructor() {
    this.drafts = new Drafts(storage("localStorage"));
    this.#session = storage("sessionStorage");
  }

  /** Where to begin: with what this tab had, else with the run that the address names, else with the latest draft. */
  begin(page: PageRun): Draft {
    const here = draftOf(history.state);
    if (here) return this.drafts.find(here.id) ?? here;
    const tab = this.#tab();
    const draft = tab && this.drafts.find(tab.id);
    const linked = new URLSearchParams(location.search).has("run");
    if (draft && (!linked || tab.ran === page.source)) return draft;
    return (linked ? undefined : this.drafts.list()[0]) ?? { ...page, id: "", at: 0 };
  }

  /** Keeps a draft; false where this browser keeps nothing. ran is the text of the run on the stage. */
  keep(draft: Draft, ran: string): boolean {
    history.replaceState({ ...(history.state as object | null), playground: draft }, "");
    if (draft.id === "") return true;
    try {
      this.#session?.setItem(tabKey, JSON.stringify({ id: draft.id, ran }));
    } catch {
      // this tab's storage is full or blocked; the list of drafts may still work
    }
    return this.drafts.save(draft);
  }

  /** Keeps a draft beside what will be written in its place, unless its text is kept already. */
  keepCopy(draft: Draft): void {
    if (draft.id === "" || this.drafts.list().some((d) => d.id !== draft.id && d.source === draft.source)) return;
    this.drafts.save({ ...draft, id: `${draft.id}-${Date.now()}` });
  }

  /** What the present history entry is to show when Back leads to it. */
  leave(draft: Draft): void {
    history.replaceState({ ...(history.state as object | null), playground: draft }, "");
  }

  /** Puts a run into the address. A new entry lets Back return to the one before. */
  address(draft: Draft, at: string | null, fresh: boolean): void {
    const url = new URL(location.href);
    url.searchParams.set("run", draft.token);
    if (at === null) url.searchParams.delete("at");
    else url.searchParams.set("at", at);
    url.hash = "";
    const state = { playground: draft };
    if (fresh) history.pushState(state, "", url);
    else history.replaceState(state, "", url);
  }

  #tab(): { id: string; ran: string } | undefined {
    try {
      const tab: unknown = JSON.parse(this.#session?.getItem(tabKey) ?? "null");
      if (typeof tab === "object" && tab !== null && "id" in tab && "ran" in tab) return { id: String(tab.id), ran: String(tab.ran) };
    } catch {
      // it was not ours
    }
    return undefined;
  }
}

/** The draft that a history entry holds. */
export function draftOf(state: unknown): Draft | undefined {
  if (typeof state !== "object" || state === null || !("playground" in state)) return undefined;
  return state.playground as Draft;
}

function storage(name: "localStorage" | "sessionStorage"): Storage | undefined {
  try {
    return window[name];
  } catch {
    return undefined; // blocked
  }
}
