package client

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

// NoAnswerError is a call without an answer.
type NoAnswerError struct {
	URL            string // of the server
	Unreached      bool   // no connection was made: nothing was done
	IdempotencyKey string // of a change that may have been done; "" otherwise
	err            error
}

func (e *NoAnswerError) Unwrap() error { return e.err }

func (e *NoAnswerError) Error() string {
	text := fmt.Sprintf("%s 没有回应：%s", e.URL, cause(e.err))
	switch {
	case e.Unreached:
		return text + "。请确认服务已启动"
	case e.IdempotencyKey != "":
		return text + "。要办的事可能已经办成"
	}
	return text
}

// cause says why there was no answer; what is not common is said as the network says it.
func cause(err error) string {
	var timeout interface{ Timeout() bool }
	var host *net.DNSError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "连接被拒绝"
	case errors.As(err, &host) && host.IsNotFound:
		return "找不到主机 " + host.Name
	case errors.As(err, &timeout) && timeout.Timeout():
		return "等候超时"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "连接中断"
	}
	return err.Error()
}

func (c *Client) noAnswer(method string, err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok { // names the method and the path besides
		err = e.Err
	}
	if why := wrongAddress(err); why != "" { // asked again it would be the same
		return fmt.Errorf("%s 连不上：%s", strings.TrimSuffix(c.base, wire.Prefix), why)
	}
	dial, ok := errors.AsType[*net.OpError](err)
	e := &NoAnswerError{URL: strings.TrimSuffix(c.base, wire.Prefix), Unreached: ok && dial.Op == "dial", err: err}
	if method != http.MethodGet && !e.Unreached {
		e.IdempotencyKey = c.cfg.IdempotencyKey
	}
	return e
}

// wrongAddress says why what answers at an address is not the server, or is not known to be; "" when it may be.
func wrongAddress(err error) string {
	var host x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.Is(err, http.ErrSchemeMismatch):
		return "那里没有用 HTTPS 应答，请核对地址和端口；本机的服务写成 http://127.0.0.1:端口"
	case errors.As(err, &host):
		return "服务器的证书不是给这个主机名的，请核对地址"
	case errors.As(err, &authority):
		return "服务器的证书不是由本机信任的机构签发的，请系统管理员处理"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "服务器的证书不在有效期内：请核对本机的时间，或者请系统管理员更换证书"
	case errors.As(err, &invalid):
		return "服务器的证书无效，请系统管理员处理"
	}
	return ""
}

// unanswered says whether there was no answer.
func unanswered(err error) bool {
	_, ok := errors.AsType[*NoAnswerError](err)
	return ok
}

// brokeOff says whether the server may have read what was asked, and its answer was lost.
func brokeOff(err error) bool {
	e, ok := errors.AsType[*NoAnswerError](err)
	return ok && !e.Unreached && !errors.Is(err, context.Canceled)
}

// RefusedError is why the server refused, as its problem details (RFC 9457) say.
type RefusedError struct {
	Problem    wire.Problem
	RetryAfter string // the header, in seconds; "" without one
}

func (e *RefusedError) Error() string {
	p := e.Problem
	text := fmt.Sprintf("没有办成（%d %s）", p.Status, p.Name())
	if p.Detail != "" {
		text += "：" + plaintext.OneLine(p.Detail, 400)
	}
	for _, f := range p.Errors {
		if f.Message == p.Detail {
			continue
		}
		text += fmt.Sprintf("\n  %s（%s）", plaintext.OneLine(f.Message, 400), plaintext.OneLine(f.Location, 100))
	}
	if e.RetryAfter != "" {
		text += fmt.Sprintf("\n  请%s秒后再试", plaintext.OneLine(e.RetryAfter, 20))
	}
	if p.Status >= http.StatusInternalServerError && p.Request != "" {
		text += "\n  请求编号：" + plaintext.OneLine(p.Request, 64)
	}
	return text
}

func refusal(resp *http.Response, answer []byte, base string) error {
	e := &RefusedError{RetryAfter: resp.Header.Get("Retry-After")}
	if err := json.Unmarshal(answer, &e.Problem); err != nil || e.Problem.Status == 0 {
		return fmt.Errorf("%s 的回应是 %s，没有说明原因：请核对地址是不是 towncrier 的接口", base, resp.Status)
	}
	return e
}

// retryAfter is after how long the server wants to be asked again, 0 when it does not say.
func retryAfter(err error) time.Duration {
	e, ok := errors.AsType[*RefusedError](err)
	if !ok {
		return 0
	}
	seconds, err := strconv.Atoi(e.RetryAfter)
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// Temporary says whether the same call may well succeed a little later.
func Temporary(err error) bool {
	if e, ok := errors.AsType[*RefusedError](err); ok {
		return e.Problem.Status == http.StatusTooManyRequests || e.Problem.Status >= http.StatusInternalServerError
	}
	return unanswered(err)
}
