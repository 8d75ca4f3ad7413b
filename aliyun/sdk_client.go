package aliyun

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"

	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/services/dysmsapi"

	"towncrier/broadcast"
	"towncrier/sms"
)

// sdkClient is one SDK client, and what is known of the call that it makes. One call at a time.
type sdkClient struct {
	client    *dysmsapi.Client
	transport http.RoundTripper
	secrets   []string // that must be in no error

	ctx    context.Context
	sent   bool // the call was given a connection: some of it may have been written
	late   bool // the call had a connection when it might not be made any more
	status int  // of the HTTP answer, 0 without one
}

// answer is what every answer of the API has.
type answer struct {
	code, request, words string
}

// errLate is of a call that was not made: it had to wait until its caller may not make it any more (broadcast.MayCall).
var errLate = errors.New("the call may not be made any more")

var errPanicked = errors.New("the SDK cannot read the answer")

// call runs do, which uses the SDK once. The error is nil when the provider says OK, and otherwise an *sms.Error.
func (l *sdkClient) call(ctx context.Context, do func(*dysmsapi.Client) (answer, error)) error {
	l.ctx, l.sent, l.late, l.status = ctx, false, false, 0
	defer func() { l.ctx = nil }()
	got, err := l.guarded(do)
	if server, ok := errors.AsType[*sdkerrors.ServerError](err); ok {
		got, err = answer{server.ErrorCode(), server.RequestId(), server.Message()}, nil
	}
	switch {
	case l.late:
		return &sms.Error{Class: sms.Retry, Err: errLate}
	case l.status == 0:
		return unanswered(ctx, l.sent, err)
	case err == nil && got.code == "OK" && l.status/100 == 2:
		return nil
	case err != nil:
		return unreadable(ctx, l.status, err)
	}
	return rejected(l.status, got, l.secrets...)
}

// guarded runs do. The SDK panics on an error answer whose Code is a number.
func (l *sdkClient) guarded(do func(*dysmsapi.Client) (answer, error)) (got answer, err error) {
	defer func() {
		if recover() != nil {
			err = errPanicked
		}
	}()
	return do(l.client)
}

// RoundTrip gives the call its context, which the SDK has no place for, and notes how far it comes.
func (l *sdkClient) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(l.ctx) // which ends with the call
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		// The transport asks for another connection when it could write nothing to the first: a POST is not tried again
		// for any other reason.
		GetConn: func(string) { l.sent = false },
		GotConn: func(got httptrace.GotConnInfo) {
			if l.sent = broadcast.MayCall(l.ctx); !l.sent {
				l.late = true
				cancel() // no other connection
				got.Conn.Close()
			}
		},
	})
	resp, err := l.transport.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	l.status = resp.StatusCode
	resp.Header.Del("Location") // following it would carry the number and a signature to wherever it points
	resp.Body = limited{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

// limited is a body that ends early when it is too long: what is left is no JSON any more.
type limited struct {
	io.Reader
	io.Closer
}
