package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"towncrier/staff"
)

// TestWhoSendsAllReadsWhyItIsRefused sends 20 MiB before it reads a byte, as simple clients do, where far less is taken.
func TestWhoSendsAllReadsWhyItIsRefused(t *testing.T) {
	r := lite(t)
	draft := r.do(staff.Author, "POST", "/content/drafts", `{"title":"太长"}`).is(201)["id"].(string)
	server, err := url.Parse(r.url)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"POST /content/drafts": "超过64 KiB",
		"PUT /content/drafts/" + draft + "/file?path=notices/A1.md": "超过1 MiB",
	} {
		conn, err := net.Dial("tcp", server.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		method, path, _ := strings.Cut(path, " ")
		const size = 20 << 20
		fmt.Fprintf(conn, "%s %s%s HTTP/1.1\r\nHost: towncrier\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
			method, server.Path, path, r.key[staff.Author], size)
		if _, err := io.CopyN(conn, endlessLines{}, size); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode/100 != 4 || !strings.Contains(string(text), want) {
			t.Errorf("%s: %d %s %v", path, resp.StatusCode, text, err)
		}
	}
}
