package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// check holds what a caller in the process hands in against the operation's schema, as huma does over HTTP: fields that are not written get
// their defaults, a place in a list is read, and what is wrong is a refusal that names the fields.
func (g *gate) check(op operation, in any) error {
	document := g.huma.OpenAPI()
	described := documented(document.Paths[op.path], op.method)
	found := &huma.ValidateResult{}
	if err := g.checkParams(op, described, reflect.ValueOf(in).Elem(), found); err != nil {
		return err
	}
	if err := g.checkBody(described, reflect.ValueOf(in).Elem().FieldByName("Body"), found); err != nil {
		return err
	}
	if len(found.Errors) == 0 {
		return nil
	}
	e := &huma.ErrorModel{Status: http.StatusUnprocessableEntity}
	for _, err := range found.Errors {
		detail, _ := err.(*huma.ErrorDetail)
		e.Errors = append(e.Errors, detail)
	}
	return fromHuma(e, op)
}

// checkParams checks the fields of path and query, also those of structs that in embeds.
func (g *gate) checkParams(op operation, described *huma.Operation, in reflect.Value, found *huma.ValidateResult) error {
	for i := range in.NumField() {
		field, value := in.Type().Field(i), in.Field(i)
		if field.Anonymous && value.Kind() == reflect.Struct {
			if err := g.checkParams(op, described, value, found); err != nil {
				return err
			}
			continue
		}
		for _, place := range []string{"path", "query"} {
			tag, is := field.Tag.Lookup(place)
			name, _, _ := strings.Cut(tag, ",")
			if !is {
				continue
			}
			if err := g.checkParam(op, paramOf(described, place, name), field, value, found); err != nil {
				return err
			}
		}
	}
	return nil
}

func paramOf(described *huma.Operation, place, name string) *huma.Param {
	for _, p := range described.Parameters {
		if p.In == place && p.Name == name {
			return p
		}
	}
	panic(fmt.Sprintf("%s has no %s parameter %s", described.OperationID, place, name))
}

func (g *gate) checkParam(op operation, p *huma.Param, field reflect.StructField, value reflect.Value, found *huma.ValidateResult) error {
	at := p.In + "." + p.Name
	if value.IsZero() {
		if err := setDefault(value, field.Tag.Get("default")); err != nil {
			return err
		}
	}
	if value.IsZero() && !p.Required {
		return nil
	}
	for _, text := range textsIn(value) {
		if reason := notText(text); reason != "" {
			return malformed(at, reason)
		}
	}
	if p.In == "query" && p.Name == "after" {
		place, err := cursors(op.id).read(value.String())
		if err != nil {
			return err
		}
		value.SetString(place)
		return nil
	}
	return g.validate(p.Schema, at, value.Interface(), found)
}

// setDefault gives a field that is not written what its tag says.
func setDefault(value reflect.Value, text string) error {
	switch {
	case text == "":
	case value.Kind() == reflect.String:
		value.SetString(text)
	case value.CanInt():
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		value.SetInt(n)
	default:
		return fmt.Errorf("no default can be set for a %v", value.Type())
	}
	return nil
}

func textsIn(value reflect.Value) (texts []string) {
	switch {
	case value.Kind() == reflect.String:
		return []string{value.String()}
	case value.Kind() == reflect.Slice:
		for i := range value.Len() {
			texts = append(texts, textsIn(value.Index(i))...)
		}
	}
	return texts
}

func (g *gate) checkBody(described *huma.Operation, body reflect.Value, found *huma.ValidateResult) error {
	if !body.IsValid() || body.Kind() == reflect.Pointer && body.IsNil() {
		return nil
	}
	text, err := json.Marshal(body.Interface())
	if err != nil {
		return err
	}
	if err := readValue(json.NewDecoder(bytes.NewReader(text)), "body", 0); err != nil {
		return err
	}
	return g.validate(described.RequestBody.Content["application/json"].Schema, "body", json.RawMessage(text), found)
}

// validate holds a value against a schema as it is in JSON.
func (g *gate) validate(schema *huma.Schema, at string, value any, found *huma.ValidateResult) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		return err
	}
	path := huma.NewPathBuffer([]byte{}, 0)
	path.Push(at)
	huma.Validate(g.huma.OpenAPI().Components.Schemas, schema, path, huma.ModeWriteToServer, plain, found)
	return nil
}
