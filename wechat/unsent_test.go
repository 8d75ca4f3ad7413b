package wechat

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"towncrier/broadcast"
)

// TestWithoutAConnectionNothingIsInDoubt ends calls while they wait for a connection: for the only one, which another call has, or for a
// handshake that never ends, or that the other side does not understand. Not a byte of them went out, so they are pending again. The call
// that has its connection is in doubt.
func TestWithoutAConnectionNothingIsInDoubt(t *testing.T) {
	for _, channel := range []broadcast.Channel{broadcast.Template, broadcast.Subscription} {
		messages := []broadcast.OutboundMessage{{OpenID: "oA", OutID: "1"}, {OpenID: "oB", OutID: "2"}}
		send := func(t *testing.T, scheme string, connections int, accept func(net.Conn, context.CancelFunc)) map[broadcast.State]int {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			client := newNotifier(t, scheme+"://"+listener.Addr().String())
			client.transport.MaxConnsPerHost = connections
			if err := client.token.shared.Save(t.Context(), testAppID, "TOKEN", time.Hour); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			go func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					defer conn.Close()
					go accept(conn, cancel)
				}
			}()
			provider, err := NewProvider(client, channel, 2, nil)
			if err != nil {
				t.Fatal(err)
			}
			states := map[broadcast.State]int{}
			for _, o := range provider.Send(ctx, broadcast.Message{Channel: channel}, "T", messages) {
				if states[o.State]++; o.Halt != "" {
					t.Errorf("somebody must act: %s", o.Halt)
				}
			}
			return states
		}
		t.Run("the only connection is taken, "+string(channel), func(t *testing.T) {
			got := send(t, "http", 1, func(conn net.Conn, cancel context.CancelFunc) {
				if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					io.Copy(io.Discard, req.Body)
				}
				cancel()
			})
			if got[broadcast.Pending] != 1 || got[broadcast.InDoubt] != 1 {
				t.Errorf("%v, want one in doubt and the one that waited pending", got)
			}
		})
		t.Run("the handshake does not end, "+string(channel), func(t *testing.T) {
			got := send(t, "https", 0, func(conn net.Conn, cancel context.CancelFunc) {
				conn.Read(make([]byte, 1))
				cancel()
			})
			if got[broadcast.Pending] != 2 {
				t.Errorf("%v, want both pending", got)
			}
		})
		t.Run("the handshake fails, "+string(channel), func(t *testing.T) {
			got := send(t, "https", 0, func(conn net.Conn, _ context.CancelFunc) {
				conn.Read(make([]byte, 1))
				io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
				conn.Close()
			})
			if got[broadcast.Pending] != 2 {
				t.Errorf("%v, want both pending", got)
			}
		})
	}
}
