package sandbox

import (
	"slices"

	"towncrier/sandbox/platform"
	"towncrier/sandbox/wechat"
)

// Look is how the account looks on the phone.
type Look struct {
	AccountName string  // "" means 市政服务号
	Welcome     string  // one line below the account's name before a resident follows
	Suggestion  string  // one question to try
	Scenes      []Scene // QR codes on posters that a resident may scan
}

// Scene is a QR code on a poster.
type Scene struct {
	Label string `json:"label"`
	Scene string `json:"scene"` // as EventKey carries it, without qrscene_
}

// pageState is all that the page shows beside the record.
type pageState struct {
	Account    string           `json:"account"`
	Welcome    string           `json:"welcome"`
	Suggestion string           `json:"suggestion"`
	Mode       wechat.Mode      `json:"mode"`
	Residents  []wechat.User    `json:"residents"`
	Menu       []wechat.Button  `json:"menu"`
	Scenes     []Scene          `json:"scenes"`
	APIs       []string         `json:"apis"`
	SMS        bool             `json:"sms"` // whether the phone has an SMS inbox
	Subscribed []subscription   `json:"subscriptions"`
	Faults     []platform.Fault `json:"faults"`
}

// subscription is one that a resident may agree to.
type subscription struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// stateOf is what the page shows now.
func stateOf(look Look, p *phone) pageState {
	account := p.wechat.State()
	st := pageState{
		Account: look.AccountName, Welcome: look.Welcome, Suggestion: look.Suggestion, Mode: account.Mode,
		Residents: account.Users, Menu: account.Menu, Scenes: append([]Scene{}, look.Scenes...),
		APIs: p.base.Faults.APIs(), SMS: p.sms != nil, Subscribed: []subscription{}, Faults: p.base.Faults.List(),
	}
	for _, t := range account.Templates {
		if t.Kind == wechat.Subscription {
			st.Subscribed = append(st.Subscribed, subscription{t.ID, t.Title})
		}
	}
	for _, scene := range account.Scenes {
		if !slices.ContainsFunc(st.Scenes, func(s Scene) bool { return s.Scene == scene }) {
			st.Scenes = append(st.Scenes, Scene{Label: scene, Scene: scene})
		}
	}
	return st
}
