import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./fixture.test.ts";
import { commandLine, fileAddress, fileStem, frameSnippet, fullPage, oembedAddress, shellWord, type Taken } from "./takeaway.ts";

const base = new URL("https://example.org/course/");

function taken(name: string): Taken {
  const page = new URL("en/lessons/four-way?run=close/four-way~7~e1~ab~Xyz_12&at=95000", base);
  return { token: "close/four-way~7~e1~ab~Xyz_12", meta: load(name).meta!, at: 95_000.7, page, base, title: 'A "close"' };
}

test("a file is named after its run, and a changed run is told apart", () => {
  assert.equal(fileStem(taken("four-way")), "close-four-way-7-client");
  assert.equal(fileStem(taken("fin-dropped")), "close-four-way-7-client-Xyz_12");
});

test("a command line has the seed, the choices and the inputs", () => {
  assert.equal(commandLine(taken("fin-dropped")),
    `finwait run close/four-way --seed 7 --vary closer=client --input '{"at":95000,"do":{"drop":{"segment":8}}}'`);
  const own = taken("four-way");
  assert.equal(commandLine({ ...own, meta: { ...own.meta, scenario: { name: "", sha256: "" } } }), "finwait run --token 'close/four-way~7~e1~ab~Xyz_12'");
});

test("what a shell would read otherwise is quoted", () => {
  assert.equal(shellWord("a/b-1.2"), "a/b-1.2");
  assert.equal(shellWord("it's $HOME"), `'it'\\''s $HOME'`);
  assert.equal(shellWord(""), "''");
});

test("addresses stay under the service's path and carry the moment where it counts", () => {
  assert.equal(fileAddress(taken("four-way"), "ss", "server"),
    "https://example.org/course/api/v1/runs.ss?run=close%2Ffour-way%7E7%7Ee1%7Eab%7EXyz_12&host=server&at=95000");
  assert.ok(!fileAddress(taken("four-way"), "pkt").includes("at="));
  assert.equal(new URL(oembedAddress(taken("four-way"))).searchParams.get("url"), taken("four-way").page.href);
});

test("a frame shows the same run and moment, with its title escaped; a page that is no lesson has none", () => {
  const t = taken("four-way");
  const snippet = frameSnippet(t)!;
  assert.ok(snippet.includes('src="https://example.org/course/embed/en/lessons/four-way?run=close/four-way~7~e1~ab~Xyz_12&amp;at=95000"'), snippet);
  assert.ok(snippet.includes('title="A &quot;close&quot;"') && snippet.includes("/course/embed.js"));
  assert.equal(frameSnippet({ ...t, page: new URL("en/playground", base) }), undefined);
  assert.equal(fullPage(new URL("embed/zh/lessons/four-way?at=1", base), base).href, "https://example.org/course/zh/lessons/four-way?at=1");
  assert.equal(fullPage(new URL("en/lessons/x?run=a%2Fb%7E7&q=%26", base), base).search, "?run=a/b~7&q=%26");
});
