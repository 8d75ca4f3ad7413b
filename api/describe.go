package api

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"towncrier/broadcast"
	"towncrier/inbox"
)

// domainLimits are limits that the domain holds, and refuses in words of its own. The document shows them; they are stated nowhere else.
var domainLimits = []struct {
	schema, property, keyword string
	limit                     int
}{
	{"Proposal", "title", "maxLength", broadcast.MaxTitle},
	{"Proposal", "cites", "maxItems", broadcast.MaxCites},
	{"CreateNumberList", "title", "maxLength", broadcast.MaxTitle},
	{"Reason", "why", "maxLength", broadcast.MaxWhy},
	{"OptionalReason", "why", "maxLength", broadcast.MaxWhy},
	{"AnswerTicket", "answer", "maxLength", inbox.MaxAnswer},
}

// describe is the document, with the domain's limits in it, and without huma's own error, in whose place asProblem puts a problem.
func describe(api *huma.OpenAPI) ([]byte, error) {
	text, err := json.Marshal(api)
	if err != nil {
		return nil, err
	}
	var document map[string]any
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	schemas := document["components"].(map[string]any)["schemas"].(map[string]any)
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	for _, l := range domainLimits {
		schema, ok := schemas[l.schema].(map[string]any)
		if !ok {
			continue // without broadcasts there are none of their schemas
		}
		property, ok := schema["properties"].(map[string]any)[l.property].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("schema %s has no property %s to limit", l.schema, l.property)
		}
		property[l.keyword] = l.limit
	}
	return json.Marshal(document)
}

// formsKnown refuses a pattern of which officials could not read what it wants.
func formsKnown(api *huma.OpenAPI) error {
	var all []*huma.Schema
	for _, schema := range api.Components.Schemas.Map() {
		for _, property := range schema.Properties {
			all = append(all, property)
		}
	}
	for _, path := range api.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Post, path.Put, path.Patch, path.Delete} {
			if op == nil {
				continue
			}
			for _, p := range op.Parameters {
				all = append(all, p.Schema)
			}
		}
	}
	for _, schema := range all {
		if form := cmp.Or(schema.PatternDescription, schema.Pattern); form != "" && forms[form] == "" {
			return fmt.Errorf("the pattern %q has no description in Chinese", form)
		}
	}
	return nil
}
