package web

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strings"

	"finwait/content"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// Size of a preview picture in px, as link previews show it.
const (
	PictureWidth  = 1200
	PictureHeight = 630
)

// Colours of the light theme, as css/tokens.css has them.
var (
	paper  = rgb(0xf7f8f9)
	ink    = rgb(0x13171d)
	ink2   = rgb(0x434b57)
	inked  = rgb(0xc3c9d2)
	lostBy = rgb(0xa50b1c)

	familyInk = map[content.Family]color.Color{
		"idle": rgb(0x626879), "opening": rgb(0x7426d6), "open": rgb(0x0c7a4c), "active": rgb(0x9c5300),
		"passive": rgb(0x0a4c9c), "quiet": rgb(0x861052),
	}
	segmentInk = map[string]color.Color{
		"seg-syn": rgb(0x7426d6), "seg-data": rgb(0x0c7a4c), "seg-ack": rgb(0x626879), "seg-fin": rgb(0x9c5300), "seg-rst": lostBy,
	}
)

func rgb(hex uint32) color.Color {
	return color.RGBA{byte(hex >> 16), byte(hex >> 8), byte(hex), 0xff}
}

// Picture is a PNG for link previews: a title, a line below it, and a run's ladder. The fonts have Latin letters alone.
func Picture(title, below string, l Ladder) ([]byte, error) {
	c := canvas{img: image.NewRGBA(image.Rect(0, 0, PictureWidth, PictureHeight))}
	draw.Draw(c.img, c.img.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	const margin, column = 72, 480
	y := 180.0
	for _, line := range c.wrapped(gobold.TTF, title, 60, column) {
		c.text(gobold.TTF, line, margin, y, 60, "start", ink)
		y += 70
	}
	y += 6
	for _, line := range c.wrapped(goregular.TTF, below, 26, column) {
		c.text(goregular.TTF, line, margin, y, 26, "start", ink2)
		y += 38
	}
	c.text(gobold.TTF, "finwait", margin, PictureHeight-margin, 30, "start", ink)
	if l.Width > 0 {
		c.ladder(l, image.Rect(margin+column+36, 40, PictureWidth-24, PictureHeight-28))
	}
	if c.err != nil {
		return nil, fmt.Errorf("the picture of %q: %w", title, c.err)
	}
	var b bytes.Buffer
	err := png.Encode(&b, c.img)
	return b.Bytes(), err
}

// canvas draws into a picture; what fails first stays in err.
type canvas struct {
	img *image.RGBA
	err error
}

// ladder draws the figure into a box, from its top; what a long run has below the box is left out.
func (c *canvas) ladder(l Ladder, box image.Rectangle) {
	w, h := float64(box.Dx()), float64(box.Dy())
	scale := max(min(w/float64(l.Width), h/float64(l.Height)), .86)
	inside := canvas{img: c.img.SubImage(box).(*image.RGBA)}
	left := float64(box.Min.X) + (w-float64(l.Width)*scale)/2
	top := float64(box.Min.Y) + max(0, (h-float64(l.Height)*scale)/2)
	x := func(v px) float64 { return left + float64(v)*scale }
	y := func(v px) float64 { return top + float64(v)*scale }
	end := min(y(l.Height)-8, float64(box.Max.Y))
	for _, host := range l.Hosts {
		inside.text(gobold.TTF, host.Name, x(host.X), y(22), 13*scale, "middle", ink)
		inside.line(x(host.X), y(host.Top), x(host.X), end, 2, inked)
	}
	for _, b := range l.Bands {
		middle := x(b.X + b.Width/2)
		inside.line(middle, y(b.Y), middle, y(b.Y+b.Height), float64(b.Width)*scale, familyInk[b.Family])
	}
	for _, wire := range l.Wires {
		inside.wire(wire, x, y, scale)
	}
	for _, label := range l.Labels {
		by := color.Color(ink2)
		if _, family, ok := strings.Cut(label.Class, "st-"); ok {
			by = familyInk[content.Family(family)]
		}
		inside.text(gomono.TTF, label.Text, x(label.X), y(label.Y), 11*scale, label.Anchor, by)
	}
	c.err = inside.err
}

// wire is a segment on its way: a line with its head, or with the cross where it was lost.
func (c *canvas) wire(w LadderWire, x, y func(px) float64, scale float64) {
	by := ink2
	for class, known := range segmentInk {
		if strings.Contains(w.Class, class) {
			by = known
		}
	}
	x1, y1, x2, y2 := x(w.X1), y(w.Y1), x(w.X2), y(w.Y2)
	if w.Out == 0 {
		c.line(x1, y1, x2, y2, 2*scale, by)
	} else { // out, and back to the same lifeline
		far := x(w.X1 + w.Out*3/4)
		c.line(x1, y1, far, (y1+y2)/2, 2*scale, by)
		c.line(far, (y1+y2)/2, x2, y2, 2*scale, by)
	}
	if w.Lost {
		r := 5 * scale
		c.line(x2-r, y2-r, x2+r, y2+r, 2.4*scale, lostBy)
		c.line(x2-r, y2+r, x2+r, y2-r, 2.4*scale, lostBy)
	} else {
		angle := float64(w.HeadAngle) * math.Pi / 180
		at := func(r, turn float64) point {
			return point{x2 - r*math.Cos(angle+turn), y2 - r*math.Sin(angle+turn)}
		}
		c.fill(by, point{x2, y2}, at(9*scale, .38), at(9*scale, -.38))
	}
	middle := point{x(w.LabelX), y(w.LabelY) - 6*scale}
	c.text(gomono.TTF, w.Flags, middle.x, middle.y, 11*scale, w.Anchor, by)
}

type point struct{ x, y float64 }

// line is a straight stroke.
func (c *canvas) line(x1, y1, x2, y2, width float64, by color.Color) {
	length := math.Hypot(x2-x1, y2-y1)
	if length == 0 {
		return
	}
	dx, dy := (x2-x1)/length*width/2, (y2-y1)/length*width/2
	c.fill(by, point{x1 - dy, y1 + dx}, point{x2 - dy, y2 + dx}, point{x2 + dy, y2 - dx}, point{x1 + dy, y1 - dx})
}

// fill paints a polygon.
func (c *canvas) fill(by color.Color, corners ...point) {
	r := vector.NewRasterizer(PictureWidth, PictureHeight)
	for i, p := range corners {
		if i == 0 {
			r.MoveTo(float32(p.x), float32(p.y))
		} else {
			r.LineTo(float32(p.x), float32(p.y))
		}
	}
	r.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, PictureWidth, PictureHeight))
	r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	draw.DrawMask(c.img, c.img.Bounds(), image.NewUniform(by), image.Point{}, mask, c.img.Bounds().Min, draw.Over)
}

// text writes one line; y is its baseline.
func (c *canvas) text(ttf []byte, s string, x, y, size float64, anchor string, by color.Color) {
	face := c.face(ttf, size)
	if face == nil {
		return
	}
	d := font.Drawer{Dst: c.img, Src: image.NewUniform(by), Face: face}
	width := float64(d.MeasureString(s)) / 64
	switch anchor {
	case "middle":
		x -= width / 2
	case "end":
		x -= width
	}
	d.Dot = fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)}
	d.DrawString(s)
}

// wrapped breaks a text between words into lines that fit a width.
func (c *canvas) wrapped(ttf []byte, s string, size, width float64) []string {
	face := c.face(ttf, size)
	if face == nil {
		return nil
	}
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if longer := strings.TrimSpace(line + " " + word); line == "" || float64(font.MeasureString(face, longer))/64 <= width {
			line = longer
			continue
		}
		lines, line = append(lines, line), word
	}
	return append(lines, line)
}

func (c *canvas) face(ttf []byte, size float64) font.Face {
	f, err := opentype.Parse(ttf)
	if err != nil {
		c.err = err
		return nil
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72})
	if err != nil {
		c.err = err
		return nil
	}
	return face
}
