package api

import (
	"net/http"
	"slices"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towncrier/broadcast"
)

// TestEveryFieldHasAName: a refusal names the field in words that officials know.
func TestEveryFieldHasAName(t *testing.T) {
	g := &gate{huma: humago.NewWithPrefix(http.NewServeMux(), "", settings(""))}
	register(g, Config{Broadcasts: &broadcast.Service{}})
	document := g.huma.OpenAPI()
	for _, op := range g.operations {
		described := documented(document.Paths[op.path], op.method)
		for _, p := range described.Parameters {
			if slices.Contains([]string{"query", "path"}, p.In) && op.fieldName(p.In+"."+p.Name) == "" {
				t.Errorf("%s: %s.%s has no name", op.id, p.In, p.Name)
			}
		}
		if described.RequestBody == nil || described.RequestBody.Content["application/json"] == nil {
			continue
		}
		var walk func(at string, s *huma.Schema, depth int)
		walk = func(at string, s *huma.Schema, depth int) {
			if s = plainSchema(s, document.Components.Schemas); s == nil || depth > 6 {
				return
			}
			for name, inner := range s.Properties {
				if op.fieldName(at+"."+name) == "" {
					t.Errorf("%s: %s.%s has no name", op.id, at, name)
				}
				walk(at+"."+name, inner, depth+1)
			}
		}
		walk("body", described.RequestBody.Content["application/json"].Schema, 0)
	}
}
