package main

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// good are settings that are right.
func good() Settings {
	return Settings{Addr: "127.0.0.1:0", DB: "sqlite:finwait.db", Log: "text"}
}

func TestSettingsAreRead(t *testing.T) {
	s := good()
	s.BaseURL = "https://Host.example/finwait/"
	s.EmbedOrigins = "https://lms.example, https://*.school.example:8443"
	s.TrustedProxies = "10.0.0.0/8 192.0.2.7,2001:db8::/32"
	s.Log = "json"
	c, err := s.check()
	if err != nil {
		t.Fatal(err)
	}
	if c.baseURL.Host != "host.example" || !c.jsonLog {
		t.Errorf("base URL %v, json %v", c.baseURL, c.jsonLog)
	}
	if want := []string{"https://lms.example", "https://*.school.example:8443"}; !reflect.DeepEqual(c.embedOrigins, want) {
		t.Errorf("origins %q", c.embedOrigins)
	}
	var networks []string
	for _, p := range c.trustedProxies {
		networks = append(networks, p.String())
	}
	if got := strings.Join(networks, " "); got != "10.0.0.0/8 192.0.2.7/32 2001:db8::/32" {
		t.Errorf("networks %s", got)
	}
}

// A wrong value is one line that names the setting and the value.
func TestAWrongSettingIsNamed(t *testing.T) {
	for _, c := range []struct {
		name, value string
		set         func(*Settings) *string
	}{
		{"FINWAIT_ADDR", "8080", func(s *Settings) *string { return &s.Addr }},
		{"FINWAIT_ADDR", "localhost:http-alt", func(s *Settings) *string { return &s.Addr }},
		{"FINWAIT_ADDR", "127.0.0.1:65536", func(s *Settings) *string { return &s.Addr }},
		{"FINWAIT_METRICS_ADDR", "9090", func(s *Settings) *string { return &s.MetricsAddr }},
		{"FINWAIT_BASE_URL", "/finwait", func(s *Settings) *string { return &s.BaseURL }},
		{"FINWAIT_BASE_URL", "ftp://host.example", func(s *Settings) *string { return &s.BaseURL }},
		{"FINWAIT_BASE_URL", "https://host.example/?a=1", func(s *Settings) *string { return &s.BaseURL }},
		{"FINWAIT_BASE_URL", "https://me@host.example/", func(s *Settings) *string { return &s.BaseURL }},
		{"FINWAIT_BASE_URL", "https://host.example/a/../b", func(s *Settings) *string { return &s.BaseURL }},
		{"FINWAIT_BASE_URL", `https://host.example/a"b`, func(s *Settings) *string { return &s.BaseURL }},
		{"FINWAIT_DB", "finwait.db", func(s *Settings) *string { return &s.DB }},
		{"FINWAIT_DB", "postgres://db.example/finwait", func(s *Settings) *string { return &s.DB }},
		{"FINWAIT_CONTENT", filepath.Join(t.TempDir(), "nothing"), func(s *Settings) *string { return &s.Content }},
		{"FINWAIT_EMBED_ORIGINS", "lms.example", func(s *Settings) *string { return &s.EmbedOrigins }},
		{"FINWAIT_EMBED_ORIGINS", "https://lms.example; script-src *", func(s *Settings) *string { return &s.EmbedOrigins }},
		{"FINWAIT_TRUSTED_PROXIES", "10.0.0.0/33", func(s *Settings) *string { return &s.TrustedProxies }},
		{"FINWAIT_LOG", "xml", func(s *Settings) *string { return &s.Log }},
	} {
		s := good()
		*c.set(&s) = c.value
		_, err := s.check()
		if err == nil {
			t.Errorf("%s=%s is taken", c.name, c.value)
			continue
		}
		if got := err.Error(); !strings.HasPrefix(got, c.name+"=") || !strings.Contains(got, strings.Trim(c.value, `"b`)) || strings.Contains(got, "\n") {
			t.Errorf("%s=%s: %q", c.name, c.value, got)
		}
	}
}

// The address of a database may hold a password, which must not get into a log.
func TestAPasswordIsNotRepeated(t *testing.T) {
	for _, dsn := range []string{
		"postgres://finwait:secret@db.example/finwait", "postgres://finwait:se%cret@x@db.example/finwait",
		"postgres://db.example/finwait?user=finwait&password=secret",
	} {
		s := good()
		s.DB = dsn
		_, err := s.check()
		if err == nil || strings.Contains(err.Error(), "cret") || !strings.Contains(err.Error(), "db.example") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}

func TestUnknownSettingsAreFound(t *testing.T) {
	got := unknownSettings([]string{"HOME=/root", "FINWAIT_ADDR=:8080", "FINWAIT_COLOUR=red", "FINWAIT_BASE_URL=x", "FINWAIT_ADR=1"})
	if want := []string{"FINWAIT_ADR", "FINWAIT_COLOUR"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
