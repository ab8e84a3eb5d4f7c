// The page of questions: all answers at once, on paper too; an address with # opens the answer that it names.

export {};

const answers = [...document.querySelectorAll<HTMLDetailsElement>(".asked details")];

function openNamed(): void {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) {
    named.open = true;
    named.scrollIntoView();
  }
}

const button = document.querySelector<HTMLButtonElement>("[data-open-all]");
if (button) {
  const [open, close] = [button.textContent ?? "", button.dataset["openAll"] ?? ""];
  const name = (): void => {
    button.textContent = answers.every((a) => a.open) ? close : open;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    const all = answers.every((a) => a.open);
    for (const a of answers) a.open = !all;
  });
  for (const a of answers) a.addEventListener("toggle", name);
}

let shut: HTMLDetailsElement[] = [];
addEventListener("beforeprint", () => {
  shut = answers.filter((a) => !a.open);
  for (const a of shut) a.open = true;
});
addEventListener("afterprint", () => {
  for (const a of shut) a.open = false;
});
addEventListener("hashchange", openNamed);
openNamed();
