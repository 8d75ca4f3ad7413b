package content

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"towncrier/problem"
)

// MenuButton is one button of the Official Account's menu: menu.yaml. On the first level it either opens Buttons or
// acts; on the second it acts: Topic is an intent to answer, URL a page to open.
type MenuButton struct {
	Name    string
	Topic   string
	URL     string
	Buttons []MenuButton
	Line    int // of its topic or url in menu.yaml
}

// What WeChat takes (custom menu, create): three buttons with five below each; names and keys in bytes of UTF-8.
const (
	menuButtons  = 3
	menuBelow    = 5
	menuName     = 16
	menuSubName  = 60
	menuTopic    = 128
	menuURL      = 1024
	menuFileName = "menu.yaml"
)

func loadMenu(fsys fs.FS, problems *problem.List) []MenuButton {
	if _, err := fs.Stat(fsys, menuFileName); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	src, ok := read(fsys, menuFileName, problems)
	if !ok {
		return nil
	}
	root := parseYAML(menuFileName, src, problems)
	if root == nil {
		return nil
	}
	nodes := sequence(menuFileName, "整个文件", root, problems)
	if len(nodes) > menuButtons {
		problems.Addf(menuFileName, lineOf(nodes[menuButtons]), "一级菜单有%d个按钮，微信只收1到%d个", len(nodes), menuButtons)
	}
	var menu []MenuButton
	for _, node := range nodes {
		if b, ok := readButton(node, true, problems); ok {
			menu = append(menu, b)
		}
	}
	return menu
}

func readButton(node ast.Node, first bool, problems *problem.List) (MenuButton, bool) {
	keys, nameLimit := []string{"name", "topic", "url"}, menuSubName
	if first {
		keys, nameLimit = append(keys, "buttons"), menuName
	}
	m, ok := newMapping(menuFileName, node, problems, keys...)
	if !ok {
		return MenuButton{}, false
	}
	b := MenuButton{Name: m.plain("name"), Line: m.line}
	m.bounded("name", b.Name, nameLimit)
	acts := 0
	for _, key := range keys[1:] {
		if f, ok := m.fields[key]; ok {
			acts++
			b.Line = f.line
		}
	}
	if acts != 1 {
		problems.Addf(menuFileName, m.line, "每个按钮只写一项：%s", strings.Join(keys[1:], "、"))
	}
	if _, ok := m.fields["topic"]; ok {
		b.Topic = m.text("topic")
	}
	m.bounded("topic", b.Topic, menuTopic)
	if _, ok := m.fields["url"]; ok {
		b.URL = m.text("url")
	}
	m.bounded("url", b.URL, menuURL)
	if b.URL != "" && !strings.HasPrefix(b.URL, "https://") && !strings.HasPrefix(b.URL, "http://") {
		problems.Addf(menuFileName, m.at("url"), "url 应以 https:// 或 http:// 开头")
	}
	if _, ok := m.fields["buttons"]; !ok {
		return b, true
	}
	below := m.list("buttons")
	if len(below) < 1 || len(below) > menuBelow {
		problems.Addf(menuFileName, m.at("buttons"), "二级菜单有%d个按钮，微信只收1到%d个", len(below), menuBelow)
	}
	for _, n := range below {
		if sub, ok := readButton(n, false, problems); ok {
			b.Buttons = append(b.Buttons, sub)
		}
	}
	return b, true
}
