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
		{"hosts: ['https://example.com']", own, "hosts: write a host alone"},
		{"hosts: [Example.com]", own, "hosts: write a host alone"},
		{"hosts: [localhost]", own, "hosts: write a host alone"},
		{"hosts: example.com", own, "hosts must be a list"},
		{"hosts: []", own, "warning: url is of example.com, which is none of hosts"},
		{"", own, "must accept link:example.com"},
		{"hosts: [example.com]", "https://a.example.com/", "must accept link:a.example.com"},
		{"hosts: [example.com]", "http://example.com/", "warning: url is not https://"},
	} {
		if _, problems := load(test.hosts, test.url); len(problems) != 1 || !strings.Contains(problems[0], test.want) {
			t.Errorf("%s, %s: %q, want %q", test.hosts, test.url, problems, test.want)
		}
	}
}
