package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"
)

// place says which run the stage opens, and at which time.
func (s Stage) place() templ.OrderedAttributes {
	var attrs templ.OrderedAttributes
	if s.Token != "" {
		attrs = append(attrs, templ.KV[string, any]("token", s.Token))
	}
	if s.At >= 0 {
		attrs = append(attrs, templ.KV[string, any]("at", strconv.FormatInt(int64(s.At), 10)))
	}
	return attrs
}

// data is what the element needs and the event log does not say.
func (s Stage) data() templ.Component {
	return jsonScript("stage", s.Data)
}

// oembed is the address that describes this page to other sites.
func (p Page) oembed() string {
	return p.Absolute("oembed") + "?format=json&url=" + url.QueryEscape(p.Origin+p.In(p.Lang))
}

// statusText is a status as the protocol writes it: "404 Not Found".
func statusText(status int) string {
	return strconv.Itoa(status) + " " + http.StatusText(status)
}
