package wechat

import (
	"strings"
	"sync"
)

// Limits of a menu (自定义菜单 创建接口), in buttons and in bytes of UTF-8.
const (
	menuButtons  = 3
	menuBelow    = 5
	menuName     = 16
	menuSubName  = 60
	menuKey      = 128
	menuURL      = 1024
	subFaultStep = 7 // from the error code of a first-level button's name, key, url or type to its sub-button's
)

// menus keeps the account's menu.
type menus struct {
	changed func() // called when the menu has changed

	mu   sync.Mutex
	menu menu
}

type menu struct {
	Buttons []Button `json:"button"`
	ID      int64    `json:"menuid"`
}

// noMenu is the menu until one is created.
var noMenu = menu{Buttons: []Button{}}

// Button is one of the two types that the phone can act on, or with others below it.
type Button struct {
	Type string   `json:"type,omitempty"`
	Name string   `json:"name"`
	Key  string   `json:"key,omitempty"`
	URL  string   `json:"url,omitempty"`
	Sub  []Button `json:"sub_button"`
}

func (m *menus) create(c call) (any, *apiError) {
	var in struct {
		Button []Button `json:"button"`
	}
	if err := c.decodeText(&in); err != nil {
		return nil, err
	}
	if n := len(in.Button); n < 1 || n > menuButtons {
		return nil, fail(40016)
	}
	for i := range in.Button {
		if err := in.Button[i].check(); err != nil {
			return nil, err
		}
		in.Button[i].fill()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.menu = menu{in.Button, max(m.menu.ID, 400000000) + 1}
	m.changed()
	return success(), nil
}

func (m *menus) get(call) (any, *apiError) {
	current := m.current()
	if current.ID == 0 {
		return nil, fail(46003)
	}
	return map[string]menu{"menu": current}, nil
}

func (m *menus) remove(call) (any, *apiError) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.menu = noMenu
	m.changed()
	return success(), nil
}

// current is the menu, or noMenu.
func (m *menus) current() menu {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.menu
}

func (b Button) check() *apiError {
	if len(b.Sub) == 0 {
		return b.checkOne(menuName, 0)
	}
	if len(b.Name) == 0 || len(b.Name) > menuName {
		return fail(40018)
	}
	if len(b.Sub) > menuBelow {
		return fail(40023)
	}
	for _, sub := range b.Sub {
		if len(sub.Sub) > 0 {
			return fail(40022)
		}
		if err := sub.checkOne(menuSubName, subFaultStep); err != nil {
			return err
		}
	}
	return nil
}

// checkOne checks a button that acts: 40018 to 40020 and 40017 on the first level, 40025 to 40027 and 40024 on the second.
func (b Button) checkOne(name, step int) *apiError {
	switch {
	case len(b.Name) == 0 || len(b.Name) > name:
		return fail(40018 + step)
	case b.Type == "click" && (len(b.Key) == 0 || len(b.Key) > menuKey):
		return fail(40019 + step)
	case b.Type == "view" && (len(b.URL) > menuURL || !strings.HasPrefix(b.URL, "https://") && !strings.HasPrefix(b.URL, "http://")):
		return fail(40020 + step)
	case b.Type != "click" && b.Type != "view":
		return fail(40017 + step)
	}
	return nil
}

// fill makes absent lists empty: /menu/get shows them so.
func (b *Button) fill() {
	if b.Sub == nil {
		b.Sub = []Button{}
	}
	for i := range b.Sub {
		b.Sub[i].fill()
	}
}
