package handlers

import (
	"net/http"
	"strconv"
	"time"

	"finwait/internal/stream"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics counts what the service does. Labels come from fixed sets: a route is its pattern, never a path.
type metrics struct {
	requests *prometheus.CounterVec   // by route, method, status
	seconds  *prometheus.HistogramVec // by route
	sockets  prometheus.Gauge
	closed   *prometheus.CounterVec // by reason
	frames   *prometheus.CounterVec // by direction
	handler  http.Handler
}

// newMetrics begins to count; runs are the streams' own figures, read when they are asked for.
func newMetrics(runs func() stream.Stats) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "finwait_http_requests_total", Help: "Requests answered."}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "finwait_http_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3}}, []string{"route"}),
		sockets: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "finwait_websockets", Help: "WebSockets that are open."}),
		closed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "finwait_websockets_closed_total", Help: "WebSockets that were closed, by why."}, []string{"reason"}),
		frames: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "finwait_websocket_frames_total", Help: "WebSocket frames, in from readers and out to them."}, []string{"direction"}),
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(m.requests, m.seconds, m.sockets, m.closed, m.frames,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	reg.MustRegister(runMetrics(runs)...)
	m.handler = promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
	return m
}

// runMetrics tell how the runs that readers ask for were come by, and what the cache of runs holds.
func runMetrics(runs func() stream.Stats) []prometheus.Collector {
	asked := func(result string, n func(stream.Stats) int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "finwait_runs_total", Help: "Runs that were asked for: found in the cache, computed, or refused for their session's sake.",
			ConstLabels: prometheus.Labels{"result": result}}, func() float64 { return float64(n(runs())) })
	}
	return []prometheus.Collector{
		asked("cached", func(s stream.Stats) int64 { return s.Hits }),
		asked("computed", func(s stream.Stats) int64 { return s.Misses }),
		asked("refused", func(s stream.Stats) int64 { return s.Refused }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "finwait_run_cache_bytes", Help: "What the cache of runs holds."}, func() float64 { return float64(runs().Bytes) }),
	}
}

func (m *metrics) request(route, method string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete, http.MethodPut, http.MethodPatch, http.MethodOptions:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}
