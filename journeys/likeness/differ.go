package likeness

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"
)

// What two pictures may differ by and still look alike.
const (
	sizeSlack  = 3  // pixels, in each direction
	lightSlack = 14 // of 255, in a block's mean: a line of text one pixel off, letters smoothed otherwise
	hueSlack   = 10
)

// Differ says in words how b looks different from a, "" where a person would call them alike, and gives the blocks.
func Differ(a, b Likeness) (string, []image.Rectangle) {
	if d := b.Size.Sub(a.Size); max(d.X, -d.X, d.Y, -d.Y) > sizeSlack {
		return fmt.Sprintf("it is %v and was %v", b.Size, a.Size), nil
	}
	both := image.Rectangle{Max: a.grid()}.Intersect(image.Rectangle{Max: b.grid()})
	var blocks []image.Rectangle
	for y := range both.Max.Y {
		for x := range both.Max.X {
			if !alike(a.blocks[y*a.grid().X+x], b.blocks[y*b.grid().X+x]) {
				blocks = append(blocks, image.Rect(x, y, x+1, y+1))
			}
		}
	}
	if len(blocks) == 0 {
		return "", nil
	}
	for i, r := range blocks {
		blocks[i] = image.Rectangle{Min: r.Min.Mul(side), Max: r.Max.Mul(side)}
	}
	return fmt.Sprintf("%d of %d blocks differ, %s", len(blocks), both.Dx()*both.Dy(), places(blocks)), blocks
}

func alike(a, b ycc) bool {
	for i, slack := range []int{lightSlack, hueSlack, hueSlack} {
		if d := int(a[i]) - int(b[i]); max(d, -d) > slack {
			return false
		}
	}
	return true
}

// places names the first blocks and the rectangle around all of them.
func places(blocks []image.Rectangle) string {
	var first []string
	around := blocks[0]
	for i, r := range blocks {
		around = around.Union(r)
		if i < 3 {
			first = append(first, r.Min.String())
		}
	}
	return fmt.Sprintf("at %s … within %v", strings.Join(first, " "), around)
}

// Mark gives the picture with the blocks framed, and beside it what it looked like.
func Mark(img image.Image, before Likeness, blocks []image.Rectangle) image.Image {
	b := img.Bounds()
	width := max(b.Dx(), before.Size.X)
	out := image.NewRGBA(image.Rect(0, 0, 2*width+side, max(b.Dy(), before.Size.Y)))
	draw.Draw(out, b.Sub(b.Min), img, b.Min, draw.Src)
	right := image.Pt(width+side, 0)
	for i, c := range before.blocks {
		at := image.Pt(i%before.grid().X, i/before.grid().X).Mul(side)
		draw.Draw(out, image.Rectangle{Min: at, Max: at.Add(image.Pt(side, side))}.Add(right), image.NewUniform(color.YCbCr{Y: c[0], Cb: c[1], Cr: c[2]}), image.Point{}, draw.Src)
	}
	red := image.NewUniform(color.RGBA{R: 230, A: 255})
	for _, r := range blocks {
		for _, edge := range []image.Rectangle{{r.Min, image.Pt(r.Max.X, r.Min.Y+1)}, {image.Pt(r.Min.X, r.Max.Y-1), r.Max}, {r.Min, image.Pt(r.Min.X+1, r.Max.Y)}, {image.Pt(r.Max.X-1, r.Min.Y), r.Max}} {
			draw.Draw(out, edge, red, image.Point{}, draw.Src)
		}
	}
	return out
}
