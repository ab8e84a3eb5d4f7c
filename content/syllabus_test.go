package content

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestFrontIsTheLessonThatTheSyllabusNames(t *testing.T) {
	c := loaded(t)
	if got := c.Front().Slug; got != "four-way" || c.Lessons()[0].Slug == got {
		t.Errorf("the front is %q, the first lesson %q", got, c.Lessons()[0].Slug)
	}
	c.syllabus = &Syllabus{}
	if got := c.Front(); got != c.Lessons()[0] {
		t.Errorf("without front() it is %q", got.Slug)
	}
	if got := (&Content{syllabus: &Syllabus{front: "four-way"}}).Front(); got != nil {
		t.Errorf("without lessons there is %q", got.Slug)
	}
}

func TestFrontMustBeOfTheSyllabus(t *testing.T) {
	var ps Problems
	loadSyllabus(fstest.MapFS{syllabusFile: {Data: []byte(`lesson("reset", ["closed-port"])` + "\n" + `front("rset")`)}}, &ps)
	if len(ps) != 1 || !strings.Contains(ps[0].Error(), `no lesson "rset"`) {
		t.Errorf("problems: %v", ps)
	}
}
