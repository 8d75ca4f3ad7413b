package sandbox

import "strings"

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

type menu struct {
	id      int64
	buttons []button
}

// button of the two types that the phone can act on, or with others below it.
type button struct {
	Type string   `json:"type,omitempty"`
	Name string   `json:"name"`
	Key  string   `json:"key,omitempty"`
	URL  string   `json:"url,omitempty"`
	Sub  []button `json:"sub_button"`
}

func (s *Sandbox) menuCreate(c call) (any, *apiError) {
	if escaped(c.body) {
		return nil, fail(40033)
	}
	var in struct {
		Button []button `json:"button"`
	}
	if err := c.decode(&in); err != nil {
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
	s.mu.Lock()
	defer s.mu.Unlock()
	id := int64(400000001)
	if s.menu != nil {
		id = s.menu.id + 1
	}
	s.menu = &menu{id, in.Button}
	s.record.change()
	return success(), nil
}

func (b button) check() *apiError {
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
func (b button) checkOne(name, step int) *apiError {
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
func (b *button) fill() {
	if b.Sub == nil {
		b.Sub = []button{}
	}
	for i := range b.Sub {
		b.Sub[i].fill()
	}
}

func (s *Sandbox) menuGet(call) (any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.menu == nil {
		return nil, fail(46003)
	}
	type buttons struct {
		Button []button `json:"button"`
		ID     int64    `json:"menuid"`
	}
	return map[string]buttons{"menu": {s.menu.buttons, s.menu.id}}, nil
}

func (s *Sandbox) menuDelete(call) (any, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.menu = nil
	s.record.change()
	return success(), nil
}
