package web

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// jsonScript is data for a script, under a role.
func jsonScript(role string, data any) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		b, err := json.Marshal(data) // it escapes <
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, `<script type="application/json" data-role="`+role+`">`+string(b)+`</script>`)
		return err
	})
}

// under are the phrases whose keys begin with a prefix, with another one in its place.
func under(all map[string]string, prefix, instead string) map[string]string {
	out := map[string]string{}
	for key, phrase := range all {
		if name, ok := strings.CutPrefix(key, prefix); ok {
			out[instead+name] = phrase
		}
	}
	return out
}
