package platform

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// ActionKind is what a resident does.
type ActionKind string

const (
	SendText     ActionKind = "text"      // Text
	SendVoice    ActionKind = "voice"     // Text is the platform's recognition, "" for none
	SendImage    ActionKind = "image"     //
	SendVideo    ActionKind = "video"     //
	SendLocation ActionKind = "location"  // Latitude, Longitude, Text is the label
	SendLink     ActionKind = "link"      // Text is the title, Key the address
	Follow       ActionKind = "follow"    //
	Unfollow     ActionKind = "unfollow"  //
	Scan         ActionKind = "scan"      // Key is the scene. A resident who does not follow yet follows by it
	Click        ActionKind = "click"     // Key of a menu button
	View         ActionKind = "view"      // Key is the address of a menu button
	Report       ActionKind = "report"    // Latitude, Longitude: the event that reports where the resident is
	Choose       ActionKind = "choose"    // Text and Key are an option's of a menu message
	ReplySMS     ActionKind = "sms-reply" // Text, by SMS. Does not need to follow
	Consent      ActionKind = "consent"   // Consents: the answer to a request for long-term subscriptions. Does not need to follow
	Refuse       ActionKind = "refuse"    // Key of a subscription template, in WeChat's settings. Does not need to follow
)

// Action is one thing that a resident does.
type Action struct {
	Kind      ActionKind `json:"kind"`
	Text      string     `json:"text"`
	Key       string     `json:"key"`
	Latitude  float64    `json:"latitude"`
	Longitude float64    `json:"longitude"`
	Phone     string     `json:"phone"` // of a reply by SMS: from whose number; "" for the resident's own

	Consents []ConsentTo `json:"consents"`
}

// maxTyped is more than WeChat's input box takes, in characters.
const maxTyped = 20_000

// Check refuses what no client could send.
func (a Action) Check() error {
	need := func(ok bool, what string) error {
		if ok {
			return nil
		}
		return fmt.Errorf("%s needs %s", a.Kind, what)
	}
	if !utf8.ValidString(a.Text) || !utf8.ValidString(a.Key) {
		return errors.New("text is not UTF-8")
	}
	if n := utf8.RuneCountInString(a.Text); n > maxTyped {
		return fmt.Errorf("text has %d characters: at most %d can be sent", n, maxTyped)
	}
	switch a.Kind {
	case SendText, ReplySMS:
		return need(a.Text != "", "text")
	case SendVoice, SendImage, SendVideo, Follow, Unfollow, Consent, Refuse:
		return nil
	case SendLink:
		return need(a.Text != "" && a.Key != "", "text (the title) and key (the address)")
	case Scan, Click, View:
		return need(a.Key != "", "key")
	case Choose:
		return need(a.Text != "" && a.Key != "", "text and key of the option")
	case SendLocation, Report:
		return need(a.Latitude >= -90 && a.Latitude <= 90 && a.Longitude >= -180 && a.Longitude <= 180,
			"a latitude of -90 to 90 and a longitude of -180 to 180 degrees")
	}
	return fmt.Errorf("kind %q is unknown", a.Kind)
}

// Outcome is the end of an action.
type Outcome struct {
	Sent  Entry  // the action, settled
	Reply *Entry // what the phone showed at once; nil for nothing
}
