package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Settings are the service's settings as they are given, by flag or by environment. They are text here, so that a wrong
// value is one clear line and not a usage message; check reads them.
type Settings struct {
	Addr           string `help:"Address to listen on: host:port." env:"FINWAIT_ADDR" default:"127.0.0.1:8080"`
	BaseURL        string `name:"base-url" help:"Where readers find the service, with or without a path." env:"FINWAIT_BASE_URL" placeholder:"URL"`
	DB             string `name:"db" help:"Database: sqlite:FILE." env:"FINWAIT_DB" default:"sqlite:finwait.db"`
	Content        string `help:"Folder to lay over the built-in content." env:"FINWAIT_CONTENT" placeholder:"DIR"`
	EmbedOrigins   string `help:"Origins that may frame lessons, separated by commas; none is any." env:"FINWAIT_EMBED_ORIGINS" placeholder:"ORIGINS"`
	TrustedProxies string `help:"Addresses or networks of proxies whose X-Forwarded-For counts, separated by commas." env:"FINWAIT_TRUSTED_PROXIES" placeholder:"NETWORKS"`
	Log            string `help:"Form of the log: text or json." env:"FINWAIT_LOG" default:"text"`
	MetricsAddr    string `help:"Address for /metrics alone; none is on the main address." env:"FINWAIT_METRICS_ADDR" placeholder:"HOST:PORT"`
}

// config is Settings once they are read and found right.
type config struct {
	addr, metricsAddr string
	baseURL           *url.URL // nil: wherever a request came
	db                string
	content           string
	embedOrigins      []string
	trustedProxies    []netip.Prefix
	jsonLog           bool
}

// settingError is a setting with a wrong value.
type settingError struct{ name, value, why string }

func (e *settingError) Error() string {
	return fmt.Sprintf("%s=%q: %s", e.name, e.value, e.why)
}

// check reads the settings. The error names the first wrong one.
func (s *Settings) check() (*config, error) {
	c := &config{addr: s.Addr, metricsAddr: s.MetricsAddr, content: s.Content, db: s.DB, jsonLog: s.Log == "json"}
	var err error
	for _, step := range []func() error{
		func() error { return wrong("FINWAIT_ADDR", s.Addr, listenAddr(s.Addr)) },
		func() error {
			if s.MetricsAddr == "" {
				return nil
			}
			return wrong("FINWAIT_METRICS_ADDR", s.MetricsAddr, listenAddr(s.MetricsAddr))
		},
		func() error {
			c.baseURL, err = parseBaseURL(s.BaseURL)
			return wrong("FINWAIT_BASE_URL", s.BaseURL, err)
		},
		func() error { return wrong("FINWAIT_DB", withoutPassword(s.DB), checkDB(s.DB)) },
		func() error { return wrong("FINWAIT_CONTENT", s.Content, checkFolder(s.Content)) },
		func() error {
			c.embedOrigins, err = parseOrigins(s.EmbedOrigins)
			return wrong("FINWAIT_EMBED_ORIGINS", s.EmbedOrigins, err)
		},
		func() error {
			c.trustedProxies, err = parseNetworks(s.TrustedProxies)
			return wrong("FINWAIT_TRUSTED_PROXIES", s.TrustedProxies, err)
		},
		func() error {
			if s.Log != "text" && s.Log != "json" {
				return wrong("FINWAIT_LOG", s.Log, fmt.Errorf("want text or json"))
			}
			return nil
		},
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// wrong puts the setting's name to an error; nil stays nil.
func wrong(name, value string, err error) error {
	if err == nil {
		return nil
	}
	return &settingError{name, value, err.Error()}
}

func listenAddr(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return fmt.Errorf("want host:port, e.g. 127.0.0.1:8080 or :8080")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("the port is a number from 0 to 65535")
	}
	return nil
}

func parseBaseURL(s string) (*url.URL, error) {
	if s == "" {
		return nil, nil
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("want an address like https://finwait.example or https://host.example/finwait")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("has more than scheme, host and path")
	case u.Path != "" && path.Clean(u.Path) != strings.TrimRight(u.Path, "/") && u.Path != "/" || strings.ContainsAny(u.Path, "\"'<>;, %"):
		return nil, fmt.Errorf("the path is not a plain one")
	}
	u.Host = strings.ToLower(u.Host)
	return u, nil
}

func checkDB(s string) error {
	kind, file, _ := strings.Cut(s, ":")
	switch {
	case kind == "postgres" || kind == "postgresql":
		return fmt.Errorf("this version keeps its data in SQLite alone: use sqlite:FILE")
	case kind != "sqlite" || file == "":
		return fmt.Errorf("want sqlite:FILE")
	}
	return nil
}

// withoutPassword is the address of a database as it may be printed.
func withoutPassword(dsn string) string {
	kind, _, _ := strings.Cut(dsn, ":")
	if at := strings.LastIndexByte(dsn, '@'); at >= 0 {
		dsn = kind + "://…" + dsn[at:]
	}
	if shown, _, query := strings.Cut(dsn, "?"); query {
		dsn = shown + "?…"
	}
	return dsn
}

func checkFolder(s string) error {
	if s == "" {
		return nil
	}
	info, err := os.Stat(s)
	if err != nil || !info.IsDir() {
		return fmt.Errorf("is not a folder that can be read")
	}
	return nil
}

// originForm is what may stand in frame-ancestors: a scheme and a host, perhaps with all its subdomains and a port.
var originForm = regexp.MustCompile(`^https?://(\*\.)?[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?(:[0-9]{1,5})?$`)

func parseOrigins(s string) ([]string, error) {
	list := words(s)
	for _, o := range list {
		if !originForm.MatchString(o) {
			return nil, fmt.Errorf("%q is not an origin like https://lms.example", o)
		}
	}
	return list, nil
}

func parseNetworks(s string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, n := range words(s) {
		p, err := netip.ParsePrefix(n)
		if a, errAddr := netip.ParseAddr(n); errAddr == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a network like 10.0.0.0/8", n)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// words splits a list at commas and spaces.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// unknownSettings names what is in the environment, begins as our settings do, and is none of them.
func unknownSettings(environ []string) []string {
	known := map[string]bool{}
	t := reflect.TypeFor[Settings]()
	for i := range t.NumField() {
		known[t.Field(i).Tag.Get("env")] = true
	}
	var out []string
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "FINWAIT_") && !known[name] {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
