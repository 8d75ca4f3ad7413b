package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// labelled is a field with a few words to choose from, of each of which officials read a label in Chinese. They may write the label too.
type labelled struct {
	location string // query.status; body.consents.basis, whether consents is one or a list
	label    func(word string) string
	words    []string // set once the operation is registered, in the order of its schema
}

// labelled lets the label that is printed for a word be written in its place, at a location as refusals name it, without indices.
func (op operation) labelled(location string, label func(word string) string) operation {
	op.labels = append(slices.Clone(op.labels), &labelled{location: location, label: label})
	return op
}

// labelOf is the label of a domain's word.
func labelOf[W interface {
	~string
	Label() string
}](word string) string {
	return W(word).Label()
}

// choices is what may be written, as a refusal lists it.
func (l *labelled) choices() string { return strings.Join(each(l.words, l.label), "、") }

// word is the word that a text stands for: the text itself when it is no label.
func (l *labelled) word(text string) string {
	for _, word := range l.words {
		if strings.TrimSpace(text) == l.label(word) {
			return word
		}
	}
	return text
}

// learn reads the words from the operation's schema, and says there that labels are taken too. A location without words, and a word without
// a label, are programming errors.
func (l *labelled) learn(op *huma.Operation, schemas huma.Registry) {
	schema, description := l.schema(op, schemas)
	if schema == nil || len(schema.Enum) == 0 {
		panic(op.OperationID + " has no words at " + l.location)
	}
	l.words = each(schema.Enum, func(word any) string { return word.(string) })
	for _, word := range l.words {
		if l.label(word) == "" {
			panic(fmt.Sprintf("%s has no label for %s at %s", op.OperationID, word, l.location))
		}
	}
	const taken = "May also be written by label: "
	if !strings.Contains(*description, taken) { // operations share schemas
		*description = strings.TrimPrefix(*description+". "+taken+l.choices(), ". ")
	}
}

// schema is that of the field, and what describes it; nil when there is no such field.
func (l *labelled) schema(op *huma.Operation, schemas huma.Registry) (schema *huma.Schema, description *string) {
	where, path, _ := strings.Cut(l.location, ".")
	if where == "query" || where == "path" {
		for _, p := range op.Parameters {
			if p.In == where && p.Name == path {
				return plainSchema(p.Schema, schemas), &p.Description
			}
		}
		return nil, nil
	}
	if op.RequestBody == nil {
		return nil, nil
	}
	schema = plainSchema(op.RequestBody.Content["application/json"].Schema, schemas)
	for name := range strings.SplitSeq(path, ".") {
		if schema == nil {
			return nil, nil
		}
		schema = plainSchema(schema.Properties[name], schemas)
	}
	if schema == nil {
		return nil, nil
	}
	return schema, &schema.Description
}

// plainSchema is what a reference, or a list of things, is of.
func plainSchema(s *huma.Schema, schemas huma.Registry) *huma.Schema {
	for s != nil && (s.Ref != "" || s.Items != nil) {
		if s.Ref != "" {
			s = schemas.SchemaFromRef(s.Ref)
		} else {
			s = s.Items
		}
	}
	return s
}

// readLabels puts words in place of labels in a request, which was read and is text. It returns the body as it is from then on.
func readLabels(r *http.Request, op operation, body []byte) ([]byte, error) {
	if len(op.labels) == 0 {
		return body, nil
	}
	query := r.URL.Query()
	var inQuery, inBody bool
	var value any
	for _, l := range op.labels {
		where, path, _ := strings.Cut(l.location, ".")
		if where == "path" {
			r.SetPathValue(path, l.word(r.PathValue(path)))
			continue
		}
		if where == "query" {
			for i, text := range query[path] {
				query[path][i] = l.word(text)
				inQuery = inQuery || query[path][i] != text
			}
			continue
		}
		if value == nil && len(body) > 0 {
			dec := json.NewDecoder(bytes.NewReader(body))
			dec.UseNumber()
			if err := dec.Decode(&value); err != nil {
				return nil, err
			}
		}
		inBody = l.replace(value, strings.Split(path, ".")) || inBody
	}
	if inQuery {
		r.URL.RawQuery = query.Encode()
	}
	if !inBody {
		return body, nil
	}
	body, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// replace puts the word in place of a label that stands at path within value, in every item of a list. It says whether it did.
func (l *labelled) replace(value any, path []string) (done bool) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			done = l.replace(item, path) || done
		}
	case map[string]any:
		for name, inner := range value {
			if !strings.EqualFold(name, path[0]) { // as the schema does
				continue
			}
			if len(path) > 1 {
				done = l.replace(inner, path[1:]) || done
				continue
			}
			switch inner := inner.(type) {
			case string:
				value[name] = l.word(inner)
				done = done || value[name] != inner
			case []any:
				for i, item := range inner {
					if text, ok := item.(string); ok {
						inner[i] = l.word(text)
						done = done || inner[i] != text
					}
				}
			}
		}
	}
	return done
}

var index = regexp.MustCompile(`\[\d+\]`)

// labelsAt are those of the field at a location, which may name one of a list; nil when it has none.
func (op operation) labelsAt(location string) *labelled {
	location = index.ReplaceAllString(location, "")
	for _, l := range op.labels {
		if l.location == location {
			return l
		}
	}
	return nil
}
