// The name of a run in words: what the learner changed in it last, or what it is.
import type { Branch } from "./branch.ts";
import type { Do } from "./events.gen.ts";
import { duration, segmentText } from "./format.ts";
import { isPhraseKey, type Phrases, type Values } from "./phrases.ts";
import { doValues, verbOf } from "./sentences.ts";

/** "FIN,ACK seq=6 dropped", "as written"; with its time where `when` says so. first is the page's own run. */
export function branchName(b: Branch, first: Branch, say: Phrases, when = false): string {
  const last = b.inputs.at(-1);
  if (!last) return b.family === first.family ? say.text("branch.first") : ofAnother(b, first, say);
  const what = actionName(b, last.do, say);
  return when ? say.text("branch.when", { what, time: duration(last.at) }) : what;
}

/** A run of another family: its choices where it differs in them alone, else its scenario's title. */
function ofAnother(b: Branch, first: Branch, say: Phrases): string {
  const [own, page] = [b.log.meta, first.log.meta];
  const chosen = Object.entries(own?.vary ?? {}).filter(([k, v]) => own?.scenario.sha256 !== page?.scenario.sha256 || page?.vary[k] !== v);
  const choices = chosen.map(([k, v]) => `${k} = ${v}`).join(", ");
  if (own && own.scenario.sha256 === page?.scenario.sha256) return choices || say.text("stage.seed", { seed: own.seed });
  const title = own?.title[say.lang] ?? say.text("stage.run");
  return choices ? `${title} · ${choices}` : title;
}

function actionName(b: Branch, action: Do, say: Phrases): string {
  const verb = verbOf(action);
  const direction = (action.cut ?? action.heal)?.from ? ".from" : "";
  const key = `branch.${verb}${direction}`;
  if (!isPhraseKey(key)) return say.text("branch.other");
  const values: Values = doValues(b.log, action, say);
  const id = (action.drop ?? action.delay ?? action.duplicate)?.segment;
  const sent = b.log.segments.get(id ?? -1)?.sent;
  if (id !== undefined && !sent) return say.text("branch.other");
  return say.text(key, sent ? { ...values, segment: segmentText(sent).replace(/ ack=-?\d+/, "") } : values);
}
