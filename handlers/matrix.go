package handlers

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"

	"finwait/content"
	"finwait/engine"
	"finwait/web"
)

// matrix is the page of the loss matrix. Its runs are computed when it is first asked for.
func (h *Handler) matrix(w http.ResponseWriter, r *http.Request) error {
	rows, err := h.losses()
	if err != nil {
		return err
	}
	l := pathLanguage(r)
	p := h.wholePage(r, "matrix", "css/ladder.css", "css/matrix.css")
	say := h.Content.PagePhrases(l)
	p.Title, p.Description = say["matrix.title"], say["matrix.description"]
	return h.html(w, r, web.Matrix{LossTable: web.LossTable{Page: p, Say: say}, Course: web.Course(h.Content.Lessons(), l), Rows: rows}.View())
}

// lossesOf are the rows of the matrix that a lesson shows.
func (h *Handler) lossesOf(lesson *content.Lesson) ([]*content.Loss, error) {
	if len(lesson.Losses) == 0 {
		return nil, nil
	}
	rows, err := h.losses()
	if err != nil {
		return nil, err
	}
	var own []*content.Loss
	for _, row := range rows {
		if slices.Contains(lesson.Losses, row.ID) {
			own = append(own, row)
		}
	}
	return own, nil
}

// matrixCSV gives the matrix's figures as a table for other programs; times are in seconds.
func (h *Handler) matrixCSV(w http.ResponseWriter, r *http.Request) error {
	rows, err := h.losses()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	if err := out.Write([]string{"segment", "lost", "call", "verdict", "later_s", "over_s", "run"}); err != nil {
		return err
	}
	for _, row := range rows {
		for _, c := range row.Cells {
			if err := out.Write(csvRow(row, c)); err != nil {
				return err
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="finwait-matrix.csv"`)
	return h.send(w, r, http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
}

// matrixJSON gives the same as JSON, with what came of each loss in the language of the address. Times are in µs.
func (h *Handler) matrixJSON(w http.ResponseWriter, r *http.Request) error {
	type cell struct {
		Segment string          `json:"segment"`
		Lost    string          `json:"lost"`           // "once" or "always"
		Call    string          `json:"call,omitempty"` // "close" or "shutdown"; none where no call has happened
		Verdict content.Verdict `json:"verdict"`
		Later   engine.Micros   `json:"later_us,omitempty"` // late and healed: by how much
		Over    *engine.Micros  `json:"over_us,omitempty"`  // lost: when the last socket is gone; none where that is never
		Text    []string        `json:"text"`
		Run     string          `json:"run"`
	}
	rows, err := h.losses()
	if err != nil {
		return err
	}
	say, out := h.Content.PagePhrases(pathLanguage(r)), []cell{}
	for _, row := range rows {
		for _, c := range row.Cells {
			o := c.Outcome
			at := cell{row.ID, "once", c.Call, o.Verdict, o.Later, nil, o.Sentences(say), c.Log.Run.Token()}
			if c.Always {
				at.Lost = "always"
			}
			if o.Verdict == content.Lost && o.Over >= 0 {
				at.Over = &o.Over
			}
			out = append(out, at)
		}
	}
	return h.json(w, r, http.StatusOK, out)
}

func csvRow(row *content.Loss, c *content.LossCell) []string {
	times, later, over := "once", "", ""
	if c.Always {
		times = "always"
	}
	switch o := c.Outcome; {
	case o.Verdict != content.Lost:
		later = seconds(o.Later)
	case o.Over >= 0:
		over = seconds(o.Over)
	}
	return []string{row.ID, times, c.Call, string(c.Outcome.Verdict), later, over, c.Log.Run.Token()}
}

func seconds(t engine.Micros) string {
	return strconv.FormatFloat(float64(t)/float64(engine.Second), 'f', -1, 64)
}
