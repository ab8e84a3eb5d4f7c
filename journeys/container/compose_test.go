//go:build journeys

package container

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// compose is what compose.yaml may say; a key outside of it fails the test, so that nothing in the file stays unproven.
type compose struct {
	Services map[string]service  `yaml:"services"`
	Volumes  map[string]struct{} `yaml:"volumes"`
}

type service struct {
	Build       string            `yaml:"build"`
	Image       string            `yaml:"image"`
	Environment map[string]string `yaml:"environment"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	Tmpfs       []string          `yaml:"tmpfs"`
	ReadOnly    bool              `yaml:"read_only"`
	CapDrop     []string          `yaml:"cap_drop"`
	SecurityOpt []string          `yaml:"security_opt"`
	PidsLimit   string            `yaml:"pids_limit"`
	Restart     string            `yaml:"restart"`
}

// composed reads compose.yaml's only service.
func composed(t testing.TB) service {
	t.Helper()
	text, err := os.ReadFile("../../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file compose
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		t.Fatalf("compose.yaml: %v", err)
	}
	s, ok := file.Services["finwait"]
	if !ok || len(file.Services) != 1 {
		t.Fatalf("compose.yaml has the services %v; want finwait alone", file.Services)
	}
	for _, volume := range s.Volumes {
		name, _, _ := strings.Cut(volume, ":")
		if _, declared := file.Volumes[name]; !declared {
			t.Errorf("compose.yaml: the volume %s is not declared", name)
		}
	}
	return s
}

// flags are the service's settings as `docker run` takes them. The port is left out: the tests share the machine's network.
func (s service) flags(volumePrefix string) []string {
	flags := []string{"--pids-limit", s.PidsLimit}
	if s.ReadOnly {
		flags = append(flags, "--read-only")
	}
	for _, each := range []struct {
		flag   string
		prefix string
		values []string
	}{{"--tmpfs", "", s.Tmpfs}, {"--cap-drop", "", s.CapDrop}, {"--security-opt", "", s.SecurityOpt}, {"--volume", volumePrefix, s.Volumes}} {
		for _, value := range each.values {
			flags = append(flags, each.flag, each.prefix+value)
		}
	}
	for name, value := range s.Environment {
		flags = append(flags, "--env", name+"="+unset(value))
	}
	return flags
}

// unset is the value of "${NAME:-default}" where NAME is not set; other values stay.
func unset(value string) string {
	if inner, ok := strings.CutPrefix(value, "${"); ok {
		_, fallback, _ := strings.Cut(strings.TrimSuffix(inner, "}"), ":-")
		return fallback
	}
	return value
}
