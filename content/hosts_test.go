package content

import (
	"slices"
	"strings"
	"testing"
)

func TestLinkedHosts(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                 nil,
		"遛狗请牵绳，咨询0359-2000000":             nil,
		"https://example.com/a?b=c#d":      {"example.com"},
		"HTTPS://WWW.Example.COM:8443/":    {"www.example.com"},
		"详情见http://example.com详情":          {"example.com"},
		"见example.cn，或www.example.org。":    {"example.cn", "www.example.org"},
		"example.com和https://example.com/": {"example.com"},
		"https://example.com@example.net/": {"example.net"},
		"https://192.0.2.1/":               {"192.0.2.1"},
		"https://示例.com/x":                 {"示例.com"},
		"bit.ly/abc":                       {"bit.ly"},
		"见ｅｘａｍｐｌｅ．ｃｏｍ":                     {"example.com"},
		"https：//示例.com/x":                 {"示例.com"},
		"12.5元，2030.5.8":                   nil,
	} {
		if got := LinkedHosts(text); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestHostsOfACity(t *testing.T) {
	load := func(hosts, url string) (*Library, []string) {
		files := town(t)
		edit(t, files, "city.yaml", "hosts: [example.com]", hosts)
		edit(t, files, "broadcasts/water.yaml", "https://example.com/water", url)
		lib, problems := Load(files)
		var texts []string
		for _, p := range problems {
			texts = append(texts, p.String())
		}
		return lib, texts
	}
	const own = "https://example.com/water"
	if lib, problems := load("hosts: [example.com, www.example.com]", own); len(problems) > 0 || !lib.City.OwnHost("www.example.com") || lib.City.OwnHost("a.example.com") {
		t.Errorf("%v: %v", lib.City.Hosts, problems)
	}
	for _, test := range []struct{ hosts, url, want string }{
		{"hosts: ['https://example.com']", own, "hosts 的每一项只写域名"},
		{"hosts: [Example.com]", own, "hosts 的每一项只写域名"},
		{"hosts: [localhost]", own, "hosts 的每一项只写域名"},
		{"hosts: example.com", own, "hosts 应写成列表"},
		{"hosts: []", own, "提醒：群发稿water：url 指向 example.com，不在 city.yaml 的 hosts 里"},
		{"", own, "都要接受 link:example.com"},
		{"hosts: [example.com]", "https://a.example.com/", "都要接受 link:a.example.com"},
		{"hosts: [example.com]", "http://example.com/", "提醒：群发稿water：url 不是以 https:// 开头"},
	} {
		if _, problems := load(test.hosts, test.url); len(problems) != 1 || !strings.Contains(problems[0], test.want) {
			t.Errorf("%s, %s: %q, want %q", test.hosts, test.url, problems, test.want)
		}
	}
}
