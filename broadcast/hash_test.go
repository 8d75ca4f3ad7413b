package broadcast

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"testing"
	"time"

	"towncrier/content"
)

const sign = "示例市"

// approvable is a broadcast in which every field that is approved is set.
func approvable() Broadcast {
	b := proposed()
	b.Window = Window{9 * 60, 18 * 60}
	b.SendAt, b.ExpireAt, b.DueAt = local(9, 9, 0), local(9, 18, 0), local(9, 9, 0)
	b.Fallback = Fallback{Wait: time.Hour}
	b.Committee, b.Series = "C1", "SAAAAAAAAAA"
	b.Nonce = []byte("0123456789abcdef")
	b.Lists = []ListContent{{ID: "LAAAAAAAAAA", Lines: 21, Numbers: 20, Digest: []byte("digest")}}
	b.Size, b.Expected = 20, Bill{Parts: 1, Cost: 900, CostMost: 945, Saved: 45}
	return b
}

// TestHashIsPinned: another encoding of the same would void every approval that is waiting. A new one needs a new version.
func TestHashIsPinned(t *testing.T) {
	b := approvable()
	b.Audience = Rule{Or: []Rule{{All: true}, {Area: "甲"}, {Street: "乙"}, {Committee: "C1"}, {Community: "丙"}, {Tag: "丁"}, {Topic: "dogs"},
		{And: []Rule{{List: "LAAAAAAAAAA"}, {Not: &Rule{Area: "戊"}}}}}}
	if b.HashVersion = hashVersion; hashVersion != 2 {
		t.Fatal("pin the new version, and keep this one")
	}
	want, err := os.ReadFile("testdata/approval-v2.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got := b.canonical(reading{lib: library(), sign: sign}).String(); got != string(want) {
		t.Errorf("encoded as\n%s", got)
	}
	if got := hex.EncodeToString(b.hash(library(), sign)); got != "0c8d3ff780508534c8fc2bb13cb9a14b150f83aeffee937cb6f45b76386c59b9" {
		t.Errorf("hash %s", got)
	}
	series := Series{ID: "SAAAAAAAAAA", Cron: "0 9 * * 1", Until: local(20, 0, 0), Proposal: b.Proposal(), Size: 20, Nonce: b.Nonce}
	if got := hex.EncodeToString(series.hash(library(), sign)); got != "83c5d89296463c7986c4b1b1a8bf426c79a99051bb48c0885a83a9850e9270c4" {
		t.Errorf("hash of a series %s", got)
	}
}

// TestOldHashes: what a database of schema 7 holds still hashes as it did then.
func TestOldHashes(t *testing.T) {
	text, err := os.ReadFile("../store/testdata/broadcasts-schema7.json")
	if err != nil {
		t.Fatal(err)
	}
	var kept map[string]json.RawMessage
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	lib := &content.Library{Templates: map[string]*content.Template{
		"text":   {ID: "text", Channel: "sms", Code: "SMS_1", Text: "居民您好，${what}。", Vars: []content.TemplateVar{{Name: "what", Type: "text"}}},
		"notice": {ID: "notice", Channel: "template", Code: "t1", Title: "通知", Vars: []content.TemplateVar{{Name: "thing1", Label: "事项", Type: "thing"}}},
	}}
	for name, doc := range kept {
		var b Broadcast
		var series Series
		into := any(&b)
		if name == "series" {
			into = &series
		}
		if err := json.Unmarshal(doc, into); err != nil {
			t.Fatal(err)
		}
		want, got := b.Hash, hashV1(b, lib)
		if name == "series" {
			want, got = series.Hash, seriesHashV1(series, lib)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s hashes as %x, was %x", name, got, want)
		}
	}
}

// TestHashStandsForAllThatIsApproved changes every field of what is approved in turn: the hash changes with each.
func TestHashStandsForAllThatIsApproved(t *testing.T) {
	base := approvable().hash(library(), sign)
	differs := func(name string, b Broadcast, lib *content.Library, sign string) {
		t.Helper()
		if bytes.Equal(b.hash(lib, sign), base) {
			t.Errorf("%s is not in the hash", name)
		}
	}
	eachChange(t, "proposal", reflect.TypeFor[Proposal](), func(name string, change func(reflect.Value)) {
		b := approvable()
		p := b.Proposal()
		change(reflect.ValueOf(&p).Elem())
		b.Title, b.Topic, b.Cites, b.Messages, b.Audience, b.Window = p.Title, p.Topic, p.Cites, p.Messages, p.Audience, p.Window
		b.SendAt, b.ExpireAt, b.Fallback, b.Emergency, b.Committee = p.SendAt, p.ExpireAt, p.Fallback, p.Emergency, p.Committee
		differs(name, b, library(), sign)
	})
	eachChange(t, "expected", reflect.TypeFor[Bill](), func(name string, change func(reflect.Value)) {
		b := approvable()
		change(reflect.ValueOf(&b.Expected).Elem())
		differs(name, b, library(), sign)
	})
	eachChange(t, "list", reflect.TypeFor[ListContent](), func(name string, change func(reflect.Value)) {
		b := approvable()
		change(reflect.ValueOf(&b.Lists[0]).Elem())
		differs(name, b, library(), sign)
	})
	for name, change := range map[string]func(*Broadcast){
		"number of cites":    func(b *Broadcast) { b.Cites = nil },
		"number of messages": func(b *Broadcast) { b.Messages = b.Messages[:1] },
		"number of lists":    func(b *Broadcast) { b.Lists = nil },
		"size":               func(b *Broadcast) { b.Size++ },
		"series":             func(b *Broadcast) { b.Series = "SB" },
		"occurrence":         func(b *Broadcast) { b.DueAt = local(10, 9, 0) },
		"nonce":              func(b *Broadcast) { b.Nonce = nil },
		"accepted":           func(b *Broadcast) { b.Accepted = []string{"review:N1"} },
		"variable":           func(b *Broadcast) { b.Messages[0].Data["other"] = "" },
		// The same messages, cut elsewhere.
		"borders": func(b *Broadcast) { b.Title, b.Topic = b.Title+"d", b.Topic[1:] },
	} {
		b := approvable()
		change(&b)
		differs(name, b, library(), sign)
	}
	for name, change := range map[string]func(*content.Library){
		"passage":        func(lib *content.Library) { lib.Notices["N1"].Passages[0].Text = "遛狗不用牵绳。" },
		"form":           func(lib *content.Library) { lib.Templates["text"].Text += "！" },
		"code":           func(lib *content.Library) { lib.Templates["text"].Code = "SMS_2" },
		"title of form":  func(lib *content.Library) { lib.Templates["notice"].Title = "别的" },
		"label":          func(lib *content.Library) { lib.Templates["notice"].Vars[0].Label = "主题" },
		"missing form":   func(lib *content.Library) { delete(lib.Templates, "notice") },
		"missing notice": func(lib *content.Library) { delete(lib.Notices, "N1") },
	} {
		lib := library()
		change(lib)
		differs(name, approvable(), lib, sign)
	}
	differs("sign", approvable(), library(), "别市")
	one, two := approvable(), approvable()
	one.Accepted, two.Accepted = []string{"review:N1"}, []string{"review:N2"}
	if bytes.Equal(one.hash(library(), sign), two.hash(library(), sign)) {
		t.Error("what was accepted is not in the hash")
	}
	base = (&Series{Cron: "0 9 * * 1", Proposal: approvable().Proposal()}).hash(library(), sign)
	for name, series := range map[string]Series{
		"cron": {Cron: "0 9 * * 2"}, "until": {Cron: "0 9 * * 1", Until: local(20, 0, 0)}, "expire": {Cron: "0 9 * * 1", Expire: time.Hour},
		"accepted": {Cron: "0 9 * * 1", Accepted: []string{"review:N1"}},
	} {
		if series.Proposal = approvable().Proposal(); bytes.Equal(series.hash(library(), sign), base) {
			t.Errorf("a series' %s is not in the hash", name)
		}
	}
}

// eachChange calls try with a change of each field of a type, however deep. A field that is added to the type is among them.
func eachChange(t *testing.T, name string, of reflect.Type, try func(name string, change func(reflect.Value))) {
	t.Helper()
	for i := range of.NumField() {
		field := of.Field(i)
		name := name + "." + field.Name
		inner := func(kind reflect.Type, at func(reflect.Value) reflect.Value) {
			eachChange(t, name, kind, func(name string, change func(reflect.Value)) {
				try(name, func(v reflect.Value) { change(at(v.Field(i))) })
			})
		}
		switch field.Type {
		case reflect.TypeFor[time.Time]():
			try(name, func(v reflect.Value) {
				v.Field(i).Set(reflect.ValueOf(v.Field(i).Interface().(time.Time).Add(time.Minute)))
			})
			continue
		case reflect.TypeFor[*Rule]():
			try(name, func(v reflect.Value) { v.Field(i).Set(reflect.ValueOf(&Rule{All: true})) })
			continue
		case reflect.TypeFor[[]Rule]():
			try(name, func(v reflect.Value) { v.Field(i).Set(reflect.ValueOf([]Rule{{All: true}})) })
			continue
		}
		switch field.Type.Kind() {
		case reflect.String:
			try(name, func(v reflect.Value) { v.Field(i).SetString(v.Field(i).String() + "x") })
		case reflect.Bool:
			try(name, func(v reflect.Value) { v.Field(i).SetBool(!v.Field(i).Bool()) })
		case reflect.Int, reflect.Int64:
			try(name, func(v reflect.Value) { v.Field(i).SetInt(v.Field(i).Int() + 1) })
		case reflect.Struct:
			inner(field.Type, func(v reflect.Value) reflect.Value { return v })
		case reflect.Slice:
			if field.Type.Elem().Kind() == reflect.Struct {
				inner(field.Type.Elem(), func(v reflect.Value) reflect.Value { return v.Index(0) })
				continue
			}
			try(name, func(v reflect.Value) {
				v.Field(i).Set(reflect.Append(v.Field(i), reflect.ValueOf(byte('x')).Convert(field.Type.Elem())))
			})
		case reflect.Map:
			try(name, func(v reflect.Value) {
				v.Field(i).SetMapIndex(reflect.ValueOf("what"), reflect.ValueOf(fmt.Sprint("x", v.Field(i).Len())))
			})
		default:
			t.Fatalf("%s is a %s: say how it changes", name, field.Type)
		}
	}
}

// TestHashOfTheSame: how it is kept, and what happened to it since, change nothing.
func TestHashOfTheSame(t *testing.T) {
	b := approvable()
	b.Window = Window{}
	base := b.hash(library(), sign)
	kept, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var read Broadcast
	if err := json.Unmarshal(kept, &read); err != nil {
		t.Fatal(err)
	}
	read.Window, read.SendAt = DefaultWindow, read.SendAt.UTC()
	read.Status, read.Version, read.Why, read.ReleasedAt, read.Frozen, read.Round = Sending, 7, "因", local(9, 9, 0), 3, 2
	if !bytes.Equal(read.hash(library(), sign), base) {
		t.Error("the same broadcast hashes differently")
	}
	b.Messages[0].Data = nil
	empty := approvable()
	empty.Window, empty.Messages[0].Data = Window{}, map[string]string{}
	if !bytes.Equal(b.hash(library(), sign), empty.hash(library(), sign)) {
		t.Error("nil and empty data hash differently")
	}
}
