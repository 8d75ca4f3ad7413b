package store

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
)

// fill gives every field of a value something of its own.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.String:
		v.SetString("s" + strings.Repeat("x", *n%7) + string(rune('a'+*n%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte{byte(*n), 1})
			return
		}
		if *n > 80 { // rules hold rules
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), n)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"area": "东街"}))
	case reflect.Pointer:
		if *n > 80 {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.UnixMilli(1700000000000 + int64(*n)).UTC()))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic("a field of kind " + v.Kind().String())
	}
}

func TestDocumentsHoldEveryField(t *testing.T) {
	n := 0
	var b broadcast.Broadcast
	fill(reflect.ValueOf(&b).Elem(), &n)
	doc, err := writeBroadcast(b)
	if err != nil {
		t.Fatal(err)
	}
	b.Frozen, b.PutBackAt, b.Words, b.Revision = 0, time.Time{}, "", nil // columns of their own
	if got, err := readBroadcast(doc); err != nil || !reflect.DeepEqual(got, b) {
		t.Errorf("%v\nread    %+v\nwritten %+v", err, got, b)
	}
	n = 0
	var s broadcast.Series
	fill(reflect.ValueOf(&s).Elem(), &n)
	if doc, err = writeSeries(s); err != nil {
		t.Fatal(err)
	}
	s.Revision = nil // rows of their own
	if got, err := readSeries(doc); err != nil || !reflect.DeepEqual(got, s) {
		t.Errorf("%v\nread    %+v\nwritten %+v", err, got, s)
	}
}

// TestPinnedDocuments reads documents of every version, as they were written, and writes them again: nothing in them is lost.
func TestPinnedDocuments(t *testing.T) {
	files, err := filepath.Glob("testdata/docs-*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no pinned documents", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var pinned map[string]json.RawMessage
		if err := json.Unmarshal(text, &pinned); err != nil {
			t.Fatal(err)
		}
		for name, again := range map[string]func(string) (string, error){
			"broadcast": func(doc string) (string, error) {
				b, err := readBroadcast(doc)
				if err != nil {
					return "", err
				}
				return writeBroadcast(b)
			},
			"series": func(doc string) (string, error) {
				s, err := readSeries(doc)
				if err != nil {
					return "", err
				}
				return writeSeries(s)
			},
		} {
			doc, err := again(string(pinned[name]))
			if err != nil {
				t.Fatalf("%s, %s: %v", file, name, err)
			}
			var before, after map[string]any
			if err := json.Unmarshal(pinned[name], &before); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(doc), &after); err != nil {
				t.Fatal(err)
			}
			for field, want := range before {
				if field == "v" || field == "Frozen" { // the version of what is written now; a column of its own
					continue
				}
				if !reflect.DeepEqual(after[field], want) {
					t.Errorf("%s, %s: %s was %v and is %v", file, name, field, want, after[field])
				}
			}
		}
	}
}

func TestDocumentsOfALaterProgramAreRefused(t *testing.T) {
	if _, err := readBroadcast(`{"v":99,"ID":"B1"}`); err == nil || !strings.Contains(err.Error(), "version 99") {
		t.Error(err)
	}
}
