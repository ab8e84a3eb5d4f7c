package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"finwait/engine"
	"finwait/internal/stream"
	"finwait/scenario"
)

// lesson is the scenario that stands for all lessons.
const lesson = "close/four-way"

// files is a library of the scenarios of the content.
type files struct{}

func (files) Source(name string) (string, bool) {
	b, err := os.ReadFile(filepath.Join("..", "content", "scenarios", filepath.FromSlash(name)+".star"))
	return string(b), err == nil
}

// runLesson computes a run of the lesson from its source to its log: Starlark, engine, JSON, expectations.
func runLesson(inputs ...engine.Input) *scenario.Log {
	log, err := scenario.Execute(files{}, scenario.Run{Scenario: lesson, Seed: 1, Inputs: inputs}, scenario.Limits{})
	must(err)
	return log
}

// learner is a stream of the server's, as a browser has it.
type learner struct {
	conn *stream.Conn
	base string // token of the lesson's run
	fin  int    // the client's FIN
	sent engine.Micros
}

func newLearner() *learner {
	s := stream.NewServer(stream.Options{Library: files{}, Burst: 1 << 30, CacheBytes: 1 << 20,
		Execute: func(_ context.Context, _ string, r scenario.Run) (*engine.Lines, error) {
			log, err := scenario.Execute(files{}, r, scenario.Limits{})
			if err != nil {
				return nil, err
			}
			return log.Lines, nil
		}})
	l := &learner{conn: s.NewConn(context.Background(), "bench", "en")}
	for _, ev := range runLesson().Events {
		if b, ok := ev.Body.(*engine.SegmentSent); ok && b.From == "client" && b.Flags&engine.FIN != 0 {
			l.fin, l.sent = b.ID, ev.T
			break
		}
	}
	l.base = l.ask(fmt.Sprintf(`"run":{"scenario":%q,"seed":1}`, lesson))
	return l
}

// fork drops the client's FIN on its way, at another time each time, so that no answer is in the cache.
func (l *learner) fork(i int) {
	l.ask(fmt.Sprintf(`"run":{"scenario":%q,"seed":1,"inputs":[{"at":%d,"do":{"drop":{"segment":%d}}}]},"base":%q`,
		lesson, l.sent+1+engine.Micros(i%9000), l.fin, l.base))
}

// ask opens a stream, reads it to its end and gives the run's token.
func (l *learner) ask(run string) (token string) {
	must(l.conn.Receive(true, strings.NewReader(`{"op":"open","stream":"a",`+run+`,"credit":100000}`)))
	for {
		frame, ok := l.conn.Next()
		if !ok {
			<-l.conn.Ready()
			continue
		}
		switch text := string(frame[:min(len(frame), 16)]); {
		case strings.HasPrefix(text, `{"op":"opened"`):
			var opened struct{ Token string }
			must(json.Unmarshal(frame, &opened))
			token = opened.Token
		case strings.HasPrefix(text, `{"op":"events"`):
		case strings.HasPrefix(text, `{"op":"end"`):
			return token
		default:
			panic(string(frame))
		}
	}
}
