package broadcast

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"towncrier/content"
)

// TestHashStandsForAllThatIsApproved: whatever of it changes, the hash does.
func TestHashStandsForAllThatIsApproved(t *testing.T) {
	base := proposed().hash(library())
	for name, change := range map[string]func(*Broadcast){
		"title":      func(b *Broadcast) { b.Title = "别的" },
		"topic":      func(b *Broadcast) { b.Topic = "cats" },
		"citation":   func(b *Broadcast) { b.Cites[0].Passage = 2 },
		"no cites":   func(b *Broadcast) { b.Cites = nil },
		"value":      func(b *Broadcast) { b.Messages[0].Data["what"] = "别的" },
		"address":    func(b *Broadcast) { b.Messages[1].URL = "https://example.org/n2" },
		"channels":   func(b *Broadcast) { b.Messages = b.Messages[:1] },
		"template":   func(b *Broadcast) { b.Messages[0].Template = "notice" },
		"audience":   func(b *Broadcast) { b.Audience = Rule{Not: &b.Audience} },
		"size":       func(b *Broadcast) { b.Size++ },
		"price":      func(b *Broadcast) { b.Expected.Cost++ },
		"time":       func(b *Broadcast) { b.SendAt = local(9, 9, 0) },
		"expiry":     func(b *Broadcast) { b.ExpireAt = local(9, 9, 0) },
		"window":     func(b *Broadcast) { b.Window = Window{0, dayMinutes} },
		"wait":       func(b *Broadcast) { b.Fallback.Wait = time.Hour },
		"doubtful":   func(b *Broadcast) { b.Fallback.Doubtful = true },
		"emergency":  func(b *Broadcast) { b.Emergency = true },
		"committee":  func(b *Broadcast) { b.Committee = "C1" },
		"series":     func(b *Broadcast) { b.Series = "S1" },
		"occurrence": func(b *Broadcast) { b.DueAt = local(9, 9, 0) },
	} {
		b := proposed()
		change(&b)
		if bytes.Equal(b.hash(library()), base) {
			t.Errorf("%s is not in the hash", name)
		}
	}
	for name, change := range map[string]func(*content.Template){
		"text": func(c *content.Template) { c.Text += "！" },
		"code": func(c *content.Template) { c.Code = "SMS_2" },
	} {
		lib := library()
		change(lib.Templates["text"])
		if bytes.Equal(proposed().hash(lib), base) {
			t.Errorf("the template's %s is not in the hash", name)
		}
	}
	relabelled := library()
	relabelled.Templates["notice"].Vars[0].Label = "主题"
	if bytes.Equal(proposed().hash(relabelled), base) {
		t.Error("what residents read is not in the hash")
	}
}

// TestHashOfTheSame: how it is kept, and what happened to it since, change nothing.
func TestHashOfTheSame(t *testing.T) {
	b := proposed()
	b.SendAt = local(9, 9, 0)
	base := b.hash(library())
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
	if !bytes.Equal(read.hash(library()), base) {
		t.Error("the same broadcast hashes differently")
	}
	b.Messages[0].Data = nil
	empty := proposed()
	empty.SendAt = b.SendAt
	empty.Messages[0].Data = map[string]string{}
	if !bytes.Equal(b.hash(library()), empty.hash(library())) {
		t.Error("nil and empty data hash differently")
	}
}
