// The colours and faces of a ladder that leaves the page: the light theme of tokens.css, written out, since a picture has
// no style sheet beside it. Selectors are plain, so that programs other than browsers understand them.

const families = { idle: "#626879", opening: "#7426d6", open: "#0c7a4c", active: "#9c5300", passive: "#0a4c9c", quiet: "#861052" };
const kinds = { syn: "#7426d6", data: "#0c7a4c", ack: "#626879", fin: "#9c5300", rst: "#a50b1c" };
const [ink, ink2, ink3, line, strong, lost, paper] = ["#13171d", "#434b57", "#626c7a", "#e2e5ea", "#c3c9d2", "#a50b1c", "#ffffff"];
const sans = "'Noto Sans','Noto Sans CJK SC','PingFang SC','Microsoft YaHei','Segoe UI',Helvetica,Arial,sans-serif";
const mono = "'JetBrains Mono','Noto Sans Mono','DejaVu Sans Mono',Menlo,Consolas,monospace";

const common: readonly string[] = [
  `text{font-family:${mono};font-size:11px;fill:${ink2}}`,
  `.paper,.behind{fill:${paper}}`,
  `.title{font-family:${sans};font-size:16px;font-weight:700;fill:${ink}}`,
  `.facts,.address{fill:${ink3}}`,
  `.legend{font-family:${sans};font-size:11px;fill:${ink2}}`,
  `.host{font-family:${sans};font-size:13px;font-weight:600;fill:${ink}}`,
  `.addr,.tick,.gap,.dim{fill:${ink3}}`,
  `.rule{stroke:${line};fill:none}`,
  `.gapl{stroke:${strong};fill:none}`,
  `.life{stroke:${strong};stroke-width:2;fill:none}`,
  `.lab,.sub,.gap,.call{paint-order:stroke;stroke:${paper};stroke-width:4px;stroke-linejoin:round}`,
  `.sub{font-family:${sans}}`,
  `.wire{stroke-width:1.75;fill:none}`,
  `.re .wire{stroke-dasharray:7 3}`,
  `.copy{stroke-dasharray:2 3}`,
  `.ghost{stroke:${strong};stroke-width:1.25;stroke-dasharray:1.5 4;fill:none}`,
  `.x{stroke:${lost};stroke-width:2.5;stroke-linecap:round;fill:none}`,
  `.fl{font-weight:700}`,
  `.err,.sub.lost{fill:${lost}}`,
  `.node circle,.node path,.node rect{stroke:${paper};stroke-width:1}`,
  `.now{stroke:${ink};fill:none}`,
  `.nowt{font-weight:700;fill:${ink}}`,
];

/** The style of a picture. */
export function pictureStyle(): string {
  const rules = [...common];
  for (const [name, c] of Object.entries(families)) {
    rules.push(`.band.st-${name}{fill:${c}}`, `.st-${name} .node,.key.st-${name}{color:${c}}`, `.bl.st-${name} text{fill:${c};font-weight:600}`, `.st-${name} .node [fill=none]{stroke:${c};fill:${paper}}`);
  }
  for (const [name, c] of Object.entries(kinds)) {
    const wide = name === "fin" || name === "rst" ? ";stroke-width:2.25" : "";
    rules.push(`.seg-${name} .wire{stroke:${c}${wide}}`, `.seg-${name} .head{fill:${c}}`, `.seg-${name} .fl{fill:${c}}`);
  }
  return rules.join("");
}
