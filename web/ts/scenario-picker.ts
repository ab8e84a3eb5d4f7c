// What can be opened in the playground: the library's scenarios by folder, a new one, and this browser's drafts.
import { type Draft, draftName } from "./drafts.ts";
import { h } from "./dom.ts";
import type { PlaygroundWords } from "./playground-words.ts";

export type Pick = { scenario: string } | { draft: string } | "blank";

export class ScenarioPicker {
  readonly el = h("select", { class: "pick" });
  #say: PlaygroundWords;
  #library: { title: string; entries: { name: string; title: string }[] }[] = [];

  /** The library is read from the list that the page has for readers without scripts. */
  constructor(say: PlaygroundWords, page: Element, choose: (pick: Pick) => void) {
    this.#say = say;
    this.el.setAttribute("aria-label", say.say("pick"));
    for (const head of page.querySelectorAll("section.lib h2")) {
      const links = head.nextElementSibling?.querySelectorAll<HTMLAnchorElement>("a[data-scenario]") ?? [];
      this.#library.push({ title: head.textContent ?? "", entries: [...links].map((a) => ({ name: a.dataset["scenario"] ?? "", title: a.textContent ?? "" })) });
    }
    this.el.addEventListener("change", () => {
      const [kind, ...rest] = this.el.value.split(":");
      const name = rest.join(":");
      if (kind === "scenario") choose({ scenario: name });
      else if (kind === "draft") choose({ draft: name });
      else if (kind === "blank") choose("blank");
    });
  }

  /** Shows what is open: a scenario of the library as it is, or else a text. */
  show(scenario: string, current: string, drafts: readonly Draft[]): void {
    const option = (value: string, text: string): HTMLOptionElement => h("option", { value }, text);
    const when = new Intl.DateTimeFormat(this.#say.lang, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
    const others = drafts.filter((d) => d.id !== current);
    this.el.replaceChildren(
      option("own:", this.#say.say("pick.current")),
      option("blank:", this.#say.say("pick.blank")),
      ...(others.length > 0 ? [h("optgroup", { label: this.#say.say("pick.drafts") },
        ...others.map((d) => option(`draft:${d.id}`, this.#say.say("draft.when", { name: draftName(d), when: when.format(d.at) }))))] : []),
      ...this.#library.map((f) => h("optgroup", { label: f.title }, ...f.entries.map((e) => option(`scenario:${e.name}`, e.title)))),
    );
    this.el.value = scenario ? `scenario:${scenario}` : "own:";
  }
}

/** A scenario to begin with. */
export function blank(say: PlaygroundWords): string {
  return `scenario(title = ${JSON.stringify(say.say("blank.title"))}, link = link(delay = "10ms"))

# ${say.say("blank.serve")}
def server(os):
    s = os.socket()
    os.bind(s, 80)
    os.listen(s, 128)
    c = os.accept(s)
    while os.read(c, 4096):
        pass
    os.close(c)
    os.close(s)

# ${say.say("blank.ask")}
def client(os):
    s = os.socket()
    os.connect(s, "server", 80)
    os.write(s, "hello")
    os.close(s)

host("server", server)
host("client", client)
`;
}
