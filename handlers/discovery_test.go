package handlers

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"testing"

	"finwait/web"
)

// get reads an answer whole.
func get(t *testing.T, url string) []byte {
	t.Helper()
	answer, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("%s: %s, %v", url, answer.Status, err)
	}
	return body
}

// TestEveryPageOfTheSitemapIsThere follows each address of the sitemap.
func TestEveryPageOfTheSitemapIsThere(t *testing.T) {
	s := newService(t, nil)
	var all struct {
		URL []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal(get(t, s.URL+"/sitemap.xml"), &all); err != nil || len(all.URL) < 18 {
		t.Fatalf("%d addresses, %v", len(all.URL), err)
	}
	for _, u := range all.URL {
		if page := get(t, u.Loc); !bytes.Contains(page, []byte(`<link rel="canonical" href="`+u.Loc+`">`)) {
			t.Errorf("%s does not say that this is its address", u.Loc)
		}
	}
}

// TestPicturesShowTheRun decodes the previews: each has the size that the pages tell, and its lesson's own drawing.
func TestPicturesShowTheRun(t *testing.T) {
	s := newService(t, nil)
	seen := map[string]string{}
	for _, name := range []string{"finwait", "four-way", "lost-fin"} {
		body := get(t, s.URL+"/pictures/"+name+".png")
		img, err := png.Decode(bytes.NewReader(body))
		if err != nil || img.Bounds().Dx() != web.PictureWidth || img.Bounds().Dy() != web.PictureHeight {
			t.Fatalf("%s: %v, %v", name, img.Bounds(), err)
		}
		if other, twice := seen[string(body)]; twice {
			t.Errorf("%s looks as %s does", name, other)
		}
		seen[string(body)] = name
		colours := map[any]bool{}
		for x := web.PictureWidth / 2; x < web.PictureWidth; x++ {
			for y := range web.PictureHeight {
				colours[img.At(x, y)] = true
			}
		}
		if len(colours) < 20 {
			t.Errorf("%s has %d colours where its run should be", name, len(colours))
		}
	}
}
