package likeness

import (
	"image"
	"image/color"
	"image/draw"
	"testing"
)

var (
	paper = color.RGBA{R: 255, G: 255, B: 255, A: 255}
	ink   = color.RGBA{R: 20, G: 24, B: 30, A: 255}
	green = color.RGBA{R: 12, G: 122, B: 76, A: 255}
	amber = color.RGBA{R: 156, G: 83, A: 255}
)

func fill(img *image.RGBA, r image.Rectangle, c color.Color) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// page is a page with a line of letters at dx, dy of where it belongs, and a chip.
func page(width, height, dx, dy int, chip color.Color) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	fill(img, img.Bounds(), paper)
	for n := range 12 {
		x, y := 20+n*9+dx, 40+dy
		fill(img, image.Rect(x, y, x+1, y+9), ink)
		fill(img, image.Rect(x, y+4, x+5, y+5), ink)
	}
	fill(img, image.Rect(30, 80, 70, 96), chip)
	return img
}

func TestAPictureIsALineOfTextAndBack(t *testing.T) {
	want := Of(page(203, 157, 0, 0, green))
	got, err := Parse(want.String())
	if err != nil {
		t.Fatal(err)
	}
	if how, _ := Differ(want, got); how != "" || got.Size != want.Size || got.String() != want.String() {
		t.Errorf("read back: %s", how)
	}
	for _, bad := range []string{"", "3x", "32x32 !", "32x32 AAAA", "64x64 " + want.String()[8:]} {
		if _, err := Parse(bad); err == nil {
			t.Errorf("%q is taken for a picture", bad)
		}
	}
}

func TestWhatAPersonSeesIsSeen(t *testing.T) {
	before := Of(page(200, 160, 0, 0, green))
	noLetter := page(200, 160, 0, 0, green)
	fill(noLetter, image.Rect(20, 40, 64, 50), paper)
	smoothed := page(200, 160, 0, 0, green)
	for x := 20; x < 130; x += 9 {
		fill(smoothed, image.Rect(x+1, 40, x+2, 49), color.RGBA{R: 225, G: 225, B: 225, A: 255})
	}
	for name, each := range map[string]struct {
		now  image.Image
		seen bool
	}{
		"nothing":                     {page(200, 160, 0, 0, green), false},
		"a pixel higher in size":      {page(200, 161, 0, 0, green), false},
		"letters smoothed otherwise":  {smoothed, false},
		"text one pixel lower":        {page(200, 160, 0, 1, green), false},
		"text half a line lower":      {page(200, 160, 0, 8, green), true},
		"letters gone":                {noLetter, true},
		"a chip in another hue":       {page(200, 160, 0, 0, amber), true},
		"a chip gone":                 {page(200, 160, 0, 0, paper), true},
		"the same, with space below":  {page(200, 176, 0, 0, green), true},
		"the same, and something cut": {page(190, 160, 0, 0, green), true},
	} {
		if how, _ := Differ(before, Of(each.now)); (how != "") != each.seen {
			t.Errorf("%s: it says %q", name, how)
		}
	}
}

func TestTheBlocksThatDifferAreMarked(t *testing.T) {
	before, now := Of(page(200, 160, 0, 0, green)), page(200, 160, 0, 0, amber)
	_, blocks := Differ(before, Of(now))
	chip := image.Rect(30, 80, 70, 96)
	for _, r := range blocks {
		if !r.Overlaps(chip) {
			t.Errorf("the block %v is framed, and only the chip %v differs", r, chip)
		}
	}
	marked := Mark(now, before, blocks)
	if got := marked.Bounds().Size(); got != image.Pt(2*200+side, 160) {
		t.Errorf("the marked picture is %v", got)
	}
	if r, g, _, _ := marked.At(blocks[0].Min.X, blocks[0].Min.Y).RGBA(); r>>8 != 230 || g != 0 {
		t.Errorf("the first block has no frame")
	}
}
