package wechat

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/porttest"
)

// TestBrokenConnection has a platform take a template message on a connection that was used before, and break it: net/http makes the
// call again. Whatever comes of that, the first may have been taken, unless the resident's own refusal says otherwise.
func TestBrokenConnection(t *testing.T) {
	for name, c := range map[string]struct {
		second string // the answer to the repeat; "" when nothing listens any more
		state  broadcast.State
	}{
		"nothing listens":    {"", broadcast.InDoubt},
		"too many calls":     {`{"errcode":45011,"errmsg":"api minute-quota reach limit"}`, broadcast.InDoubt},
		"quota used up":      {`{"errcode":45009,"errmsg":"reach max api daily quota limit"}`, broadcast.InDoubt},
		"does not follow":    {`{"errcode":43004,"errmsg":"require subscribe"}`, broadcast.Failed},
		"taken, and told so": {`{"errcode":0,"errmsg":"ok","msgid":7}`, broadcast.Accepted},
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", porttest.Hold(t))
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			client := newNotifier(t, "http://"+listener.Addr().String())
			if err := client.token.shared.Save(t.Context(), testAppID, "TOKEN", time.Hour); err != nil {
				t.Fatal(err)
			}
			played := make(chan error, 1)
			go func() { played <- breaks(listener, c.second) }()
			provider, err := NewProvider(client, broadcast.Template, 1, nil)
			if err != nil {
				t.Fatal(err)
			}
			messages := []broadcast.OutboundMessage{{Delivery: 1, OutID: "B1-1-1", OpenID: testOpenID}, {Delivery: 2, OutID: "B1-2-1", OpenID: testOpenID}}
			got := provider.Send(t.Context(), broadcast.Message{Channel: broadcast.Template, Data: map[string]string{"thing1": "牵绳"}}, "T", messages)
			if err := <-played; err != nil {
				t.Fatal(err)
			}
			if got[0].State != broadcast.Accepted || got[1].State != c.state || got[1].Halt != "" {
				t.Errorf("outcomes %+v, want the second %s", got, c.state)
			}
		})
	}
}

// breaks answers one message, takes the second and breaks the connection, and answers the repeat on another.
func breaks(listener net.Listener, second string) error {
	conn, err := listener.Accept()
	if err != nil {
		return err
	}
	in := bufio.NewReader(conn)
	if err := answerCall(conn, in, `{"errcode":0,"errmsg":"ok","msgid":6}`); err != nil {
		return err
	}
	if err := takeCall(in); err != nil {
		return err
	}
	if second == "" {
		listener.Close()
		return conn.Close()
	}
	if err := conn.Close(); err != nil {
		return err
	}
	if conn, err = listener.Accept(); err != nil {
		return err
	}
	defer conn.Close()
	return answerCall(conn, bufio.NewReader(conn), second)
}

func takeCall(in *bufio.Reader) error {
	req, err := http.ReadRequest(in)
	if err != nil {
		return err
	}
	if !strings.HasSuffix(req.URL.Path, "/message/template/send") {
		return fmt.Errorf("a call of %s", req.URL.Path)
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err
}

func answerCall(conn net.Conn, in *bufio.Reader, body string) error {
	if err := takeCall(in); err != nil {
		return err
	}
	_, err := fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	return err
}
