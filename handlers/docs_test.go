package handlers

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
)

// TestEveryAddressIsDocumented: the tables of docs/api.md have the service's routes, and no other. What only leads to an
// address with a slash more or less has no line.
func TestEveryAddressIsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([A-Z]+ /[^` ]*)` \\|").FindAllStringSubmatch(string(doc), -1) {
		told = append(told, m[1])
	}
	slices.Sort(told)
	routes, ok := newService(t, nil).mux.(chi.Routes)
	if !ok {
		t.Fatal("the routes can't be walked")
	}
	patterns := regexp.MustCompile(`:[^{}]*}`) // of {lang:(en|zh)}
	leadsOn := regexp.MustCompile(`^/{lang}$|./{(page|slug)}/$`)
	var there []string
	if err := chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if route = strings.ReplaceAll(patterns.ReplaceAllString(route, "}"), "//", "/"); !leadsOn.MatchString(route) {
			there = append(there, method+" "+route)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(there)
	if diff := cmp.Diff(there, told); diff != "" {
		t.Errorf("addresses (-service +docs):\n%s", diff)
	}
}
