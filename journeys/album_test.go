//go:build journeys && snapshots

package journeys

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/png"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"finwait/journeys/likeness"
)

// album has the pictures of one scene: as they are kept, by their names, and as they are now.
type album struct {
	t      *testing.T
	name   string
	before map[string]likeness.Likeness
	now    map[string]likeness.Likeness
}

func openAlbum(t *testing.T, name string) *album {
	t.Helper()
	a := &album{t: t, name: name, before: map[string]likeness.Likeness{}, now: map[string]likeness.Likeness{}}
	data, err := os.ReadFile(kept + name + ".txt")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		picture, text, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if a.before[picture], err = likeness.Parse(text); err != nil {
			t.Fatalf("%s%s.txt, %s: %v", kept, name, picture, err)
		}
	}
	return a
}

// settle is how long a page may take until it looks as it did. A machine that is busy takes its time.
const settle = 5 * time.Second

// compare takes a picture and fails where it does not look as it did, even after a while. The picture is left for people.
func (a *album) compare(t *testing.T, name string, shoot func() picture) {
	t.Helper()
	before, known := a.before[name]
	now := shoot()
	if *snapshotsRewrite {
		before, known = now.looks, true
		now = shoot()
	}
	how, blocks := likeness.Differ(before, now.looks)
	for deadline := time.Now().Add(settle); known && how != "" && time.Now().Before(deadline); {
		pause(150 * time.Millisecond)
		if *snapshotsRewrite {
			before = now.looks
		}
		now = shoot()
		how, blocks = likeness.Differ(before, now.looks)
	}
	a.now[name] = now.looks
	a.save(t, name, now.png)
	switch {
	case !known:
		t.Errorf("%s/%s is not kept yet; make snapshots-keep keeps it", a.name, name)
	case how != "":
		a.mark(t, name+" differs", now.png, before, blocks)
		t.Errorf("%s/%s looks different: %s; see out/snapshots. make snapshots-keep keeps it as it is now", a.name, name, how)
	}
}

// mark leaves a picture with what differs framed, beside what it looked like.
func (a *album) mark(t *testing.T, name string, shot []byte, before likeness.Likeness, blocks []image.Rectangle) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		t.Fatal(err)
	}
	var marked bytes.Buffer
	if err := png.Encode(&marked, likeness.Mark(img, before, blocks)); err != nil {
		t.Fatal(err)
	}
	a.save(t, name, marked.Bytes())
}

func (a *album) save(t *testing.T, name string, png []byte) {
	t.Helper()
	path := filepath.Join(pictures, a.name, strings.ReplaceAll(name, " ", "-")+".png")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// close keeps what was seen, where that is asked for, or else fails for pictures that the scene no longer has. With -short
// most of a scene is not seen, and stays as it is.
func (a *album) close() {
	a.t.Helper()
	if a.t.Failed() {
		return
	}
	if *snapshotsRewrite {
		all := map[string]likeness.Likeness{}
		if testing.Short() {
			maps.Copy(all, a.before)
		}
		maps.Copy(all, a.now)
		var lines strings.Builder
		for _, picture := range slices.Sorted(maps.Keys(all)) {
			fmt.Fprintf(&lines, "%s: %s\n", picture, all[picture])
		}
		if err := os.MkdirAll(kept, 0o755); err != nil {
			a.t.Fatal(err)
		}
		if err := os.WriteFile(kept+a.name+".txt", []byte(lines.String()), 0o644); err != nil {
			a.t.Fatal(err)
		}
		return
	}
	if testing.Short() {
		return
	}
	for picture := range a.before {
		if _, seen := a.now[picture]; !seen {
			a.t.Errorf("%s/%s is kept and no longer taken; make snapshots-keep forgets it", a.name, picture)
		}
	}
}

// writeIndex makes a page of all pictures, scene by scene: what differs comes first.
func writeIndex(t *testing.T) {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(pictures, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".png") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rank := func(path string) string {
		if strings.HasSuffix(path, "-differs.png") {
			return " " + path
		}
		return path
	}
	slices.SortFunc(paths, func(a, b string) int { return strings.Compare(rank(a), rank(b)) })
	var page strings.Builder
	page.WriteString("<!doctype html><meta charset=utf-8><title>snapshots</title><style>body{font:13px sans-serif}figure{display:inline-block;margin:8px;vertical-align:top}img{display:block;max-width:700px;border:1px solid #888}</style>\n")
	for _, path := range paths {
		name, err := filepath.Rel(pictures, path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&page, "<figure><a href=%[1]q><img loading=lazy src=%[1]q alt=\"\"></a><figcaption>%[2]s</figcaption></figure>\n", filepath.ToSlash(name), html.EscapeString(name))
	}
	if err := os.WriteFile(filepath.Join(pictures, "index.html"), []byte(page.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
