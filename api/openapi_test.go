package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestOpenAPI(t *testing.T) {
	r := lite(t)
	raw := r.as("", "GET", "/openapi.json", "")
	if got := raw.header.Get("Content-Type"); raw.status != 200 || got != "application/openapi+json" {
		t.Fatalf("%d, %s", raw.status, got)
	}
	d := document(r)
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("OpenAPI %q, want 3.1", d.OpenAPI)
	}
	if d.Components.SecuritySchemes["key"]["scheme"] != "bearer" {
		t.Errorf("security schemes: %v", d.Components.SecuritySchemes)
	}
	for path, methods := range d.Paths {
		for method, op := range methods {
			open := path == "/activate" // the one operation for whoever has no key yet
			if op.OperationID == "" || op.Summary == "" || open != (len(op.Security) == 0) || !open && op.Security[0]["key"] == nil {
				t.Errorf("%s %s: id %q, summary %q, security %v", method, path, op.OperationID, op.Summary, op.Security)
			}
			codes := []string{"400", "401", "403", "404", "422", "429", "500", "503"}
			if method != "get" {
				codes = append(codes, "409", "413", "415")
			}
			for _, code := range codes {
				if _, ok := op.Responses[code].Content["application/problem+json"]; !ok {
					t.Errorf("%s: %s is not documented as a problem", op.OperationID, code)
				}
			}
			keyed := slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.Name == "Idempotency-Key" && p.In == "header" })
			// Done once anyway, but for a second draft of the same archive, which can be dropped.
			once := slices.Contains([]string{"fetch-export", "upload-import", "put-content-file", "import-content", "put-content-table", "hand-in-content-table"}, op.OperationID)
			if keyed != (method != "get" && !open && !once) {
				t.Errorf("%s: Idempotency-Key documented: %v", op.OperationID, keyed)
			}
			for _, part := range strings.Split(path, "/") {
				name, ok := strings.CutPrefix(part, "{")
				if ok && !slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.In == "path" && p.Name+"}" == name }) {
					t.Errorf("%s: %s is not documented", op.OperationID, part)
				}
			}
			ok := slices.ContainsFunc([]string{"200", "201", "204"}, func(code string) bool { _, ok := op.Responses[code]; return ok })
			if !ok {
				t.Errorf("%s documents no success", op.OperationID)
			}
		}
	}
	// Every reference leads somewhere, and no schema is open to unknown fields.
	for _, part := range strings.Split(raw.body, `"$ref":"#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if d.Components.Schemas[name] == nil {
			t.Errorf("schema %s is not there", name)
		}
	}
	for name, schema := range d.Components.Schemas {
		if schema["type"] == "object" && schema["additionalProperties"] != false {
			t.Errorf("schema %s admits unknown fields", name)
		}
	}
	if strings.Contains(raw.body, "$schema") || strings.Contains(raw.body, "https://") {
		t.Error("the document links to somewhere")
	}
	for _, path := range []string{"/docs", "/schemas/Problem", "/openapi.yaml", "/openapi-3.0.json"} {
		r.as("", "GET", path, "").problem(http.StatusNotFound, "no-route")
	}
}
