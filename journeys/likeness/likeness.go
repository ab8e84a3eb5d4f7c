package likeness

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"strings"
)

const (
	side = 16 // pixels of a block
	step = 8  // what a block's mean is rounded to; it keeps lines short
)

// Likeness is a picture's size and the mean colour of each of its blocks.
type Likeness struct {
	Size   image.Point
	blocks []ycc // by rows
}

// ycc is a colour as brightness and two differences from grey, in that order.
type ycc [3]uint8

// Of looks at a picture.
func Of(img image.Image) Likeness {
	size := img.Bounds().Size()
	pixels := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(pixels, pixels.Rect, img, img.Bounds().Min, draw.Src)
	l := Likeness{Size: size}
	for y := 0; y < size.Y; y += side {
		for x := 0; x < size.X; x += side {
			l.blocks = append(l.blocks, mean(pixels, image.Rect(x, y, x+side, y+side).Intersect(pixels.Rect)))
		}
	}
	return l
}

func mean(img *image.RGBA, block image.Rectangle) ycc {
	var sum [3]int
	for y := block.Min.Y; y < block.Max.Y; y++ {
		row := img.Pix[img.PixOffset(block.Min.X, y):img.PixOffset(block.Max.X, y)]
		for i := 0; i < len(row); i += 4 {
			sum[0], sum[1], sum[2] = sum[0]+int(row[i]), sum[1]+int(row[i+1]), sum[2]+int(row[i+2])
		}
	}
	n := block.Dx() * block.Dy()
	var c ycc
	c[0], c[1], c[2] = color.RGBToYCbCr(uint8(sum[0]/n), uint8(sum[1]/n), uint8(sum[2]/n))
	for i := range c {
		c[i] = uint8(min((int(c[i])+step/2)/step*step, 256-step))
	}
	return c
}

// grid is how many blocks a picture has, across and down.
func (l Likeness) grid() image.Point {
	return image.Pt((l.Size.X+side-1)/side, (l.Size.Y+side-1)/side)
}

// String is the line: the size, and the blocks. Each brightness and each colour is kept as its difference from the block
// above, because pages are mostly alike from line to line.
func (l Likeness) String() string {
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression) // this level exists
	across := l.grid().X
	for part := range len(ycc{}) {
		for i, c := range l.blocks {
			above := uint8(0)
			if i >= across {
				above = l.blocks[i-across][part]
			}
			_, _ = w.Write([]byte{(c[part] - above) / step}) // to memory: it cannot fail
		}
	}
	_ = w.Close()
	return fmt.Sprintf("%dx%d %s", l.Size.X, l.Size.Y, base64.RawURLEncoding.EncodeToString(packed.Bytes()))
}

// Parse reads what String wrote.
func Parse(line string) (Likeness, error) {
	var l Likeness
	size, text, _ := strings.Cut(line, " ")
	if _, err := fmt.Sscanf(size, "%dx%d", &l.Size.X, &l.Size.Y); err != nil {
		return l, fmt.Errorf("size of a picture %q: %w", size, err)
	}
	packed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return l, err
	}
	deltas, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return l, err
	}
	across, n := l.grid().X, l.grid().X*l.grid().Y
	if len(deltas) != n*len(ycc{}) {
		return l, fmt.Errorf("%d values for %d blocks", len(deltas), n)
	}
	l.blocks = make([]ycc, n)
	for at, delta := range deltas {
		part, i := at/n, at%n
		above := uint8(0)
		if i >= across {
			above = l.blocks[i-across][part]
		}
		l.blocks[i][part] = above + delta*step
	}
	return l, nil
}
