package content

import (
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// OwnHost reports whether the city said in city.yaml that a host is its own. A host within it is another one.
func (c City) OwnHost(host string) bool { return slices.Contains(c.Hosts, host) }

var (
	hostForm = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z][a-z0-9-]*$`)
	// linked is an address with its scheme, up to where a browser would stop reading a host, or a bare name.
	linked = regexp.MustCompile(`(?i)https?://([^\s/\\?#,;!()。、“”]*)|(` + latinName + `)(?:\W|$)`)
	// latin is as much of a host as letters of an alphabet write.
	latin = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+`)
)

// LinkedHosts are the hosts of the addresses of the web that can be made out in a text, in small letters, each once, in their order.
func LinkedHosts(text string) []string {
	var hosts []string
	for _, match := range linked.FindAllStringSubmatch(narrow(text), -1) {
		host := strings.ToLower(match[1] + match[2])
		host = host[strings.LastIndex(host, "@")+1:] // before it stands a user's name, which may look like a host
		if written := latin.FindString(host); written != "" {
			host = written // what follows is text
		} else {
			host, _, _ = strings.Cut(host, ":")
		}
		if host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

func (m mapping) hosts() []string {
	var hosts []string
	for _, node := range m.list("hosts") {
		host, ok := node.(*ast.StringNode)
		if !ok || !hostForm.MatchString(host.Value) {
			m.problems.Addf(m.file, lineOf(node), "hosts 的每一项只写域名，用小写字母，例如 www.example.com")
			continue
		}
		hosts = append(hosts, host.Value)
	}
	return hosts
}
