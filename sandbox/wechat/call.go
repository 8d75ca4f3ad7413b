package wechat

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
)

// call is what an endpoint is given.
type call struct {
	query url.Values
	body  []byte
}

// decode reads a call's JSON.
func (c call) decode(into any) *apiError {
	if err := json.Unmarshal(c.body, into); err != nil {
		return fail(47001)
	}
	return nil
}

// decodeText reads a call's JSON, which must not spell a character as \uXXXX: the platform refuses that in texts.
func (c call) decodeText(into any) *apiError {
	for rest := c.body; ; {
		i := bytes.IndexByte(rest, '\\')
		if i < 0 || i+1 == len(rest) {
			return c.decode(into)
		}
		if rest[i+1] == 'u' {
			return fail(40033)
		}
		rest = rest[i+2:]
	}
}

// apiError is the platform's answer when a call fails, with HTTP status 200.
type apiError struct {
	Code int    `json:"errcode"`
	Text string `json:"errmsg"`
}

// success is the answer of a call that has nothing else to say.
func success() any { return apiError{0, errorText(0)} }

// fail words an error code, with an id of the call at its end as the platform does.
func fail(code int) *apiError {
	var id [10]byte
	rand.Read(id[:]) // never fails
	return &apiError{code, fmt.Sprintf("%s rid: %s-%s-%s", errorText(code),
		hex.EncodeToString(id[:4]), hex.EncodeToString(id[4:8]), hex.EncodeToString(id[6:]))}
}

// errorText is the platform's wording.
func errorText(code int) string { return cmp.Or(errorTexts[code], "error "+strconv.Itoa(code)) }

// errorTexts are those of 全局返回码.
var errorTexts = map[int]string{
	0:     "ok",
	-1:    "system error",
	40001: "invalid credential, access_token is invalid or not latest",
	40002: "invalid grant_type",
	40003: "invalid openid",
	40008: "invalid message type",
	40013: "invalid appid",
	40014: "invalid access_token",
	40016: "invalid button size",
	40017: "invalid button type",
	40018: "invalid button name size",
	40019: "invalid button key size",
	40020: "invalid button url size",
	40022: "invalid sub button level",
	40023: "invalid sub button size",
	40024: "invalid sub button type",
	40025: "invalid sub button name size",
	40026: "invalid sub button key size",
	40027: "invalid sub button url size",
	40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
	40035: "invalid parameter",
	40037: "invalid template_id",
	40053: "invalid action info",
	40066: "invalid url",
	40125: "invalid appsecret",
	40164: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
	40243: "AppSecret is frozen",
	41001: "access_token missing",
	41002: "appid missing",
	41004: "appsecret missing",
	41009: "openid missing",
	42001: "access_token expired",
	43001: "require GET method",
	43002: "require POST method",
	43004: "require subscribe",
	43019: "require remove blacklist",
	43101: "user refuse to accept the msg",
	43108: "Cannot make concurrent calls to the same OpenID, please try again",
	43116: "This template_id is banned",
	44002: "empty post data",
	44004: "empty content",
	45002: "content size out of limit",
	45009: "reach max api daily quota limit",
	45011: "api minute-quota reach limit, must slower, retry next minute",
	45015: "response out of time limit or subscription is canceled",
	45047: "out of response count limit",
	46003: "menu no exist",
	47001: "data format error",
	47003: "argument invalid!",
	48001: "api unauthorized",
	50007: "account is frozen",
	89501: "this IP is waiting for confirmation by the administrator",
	89503: "this IP must be confirmed by the administrator",
}
