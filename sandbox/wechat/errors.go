package wechat

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
)

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

// errorText is the platform's wording (全局返回码).
func errorText(code int) string {
	switch code {
	case 0:
		return "ok"
	case -1:
		return "system error"
	case 40001:
		return "invalid credential, access_token is invalid or not latest"
	case 40002:
		return "invalid grant_type"
	case 40003:
		return "invalid openid"
	case 40008:
		return "invalid message type"
	case 40013:
		return "invalid appid"
	case 40014:
		return "invalid access_token"
	case 40016:
		return "invalid button size"
	case 40017:
		return "invalid button type"
	case 40018:
		return "invalid button name size"
	case 40019:
		return "invalid button key size"
	case 40020:
		return "invalid button url size"
	case 40022:
		return "invalid sub button level"
	case 40023:
		return "invalid sub button size"
	case 40024:
		return "invalid sub button type"
	case 40025:
		return "invalid sub button name size"
	case 40026:
		return "invalid sub button key size"
	case 40027:
		return "invalid sub button url size"
	case 40033:
		return "invalid charset. please check your request, if include \\uxxxx will create fail!"
	case 40035:
		return "invalid parameter"
	case 40037:
		return "invalid template_id"
	case 40053:
		return "invalid action info"
	case 40066:
		return "invalid url"
	case 40125:
		return "invalid appsecret"
	case 41001:
		return "access_token missing"
	case 41002:
		return "appid missing"
	case 41004:
		return "appsecret missing"
	case 41009:
		return "openid missing"
	case 42001:
		return "access_token expired"
	case 43001:
		return "require GET method"
	case 43002:
		return "require POST method"
	case 43004:
		return "require subscribe"
	case 43019:
		return "require remove blacklist"
	case 43101:
		return "user refuse to accept the msg"
	case 43108:
		return "Cannot make concurrent calls to the same OpenID, please try again"
	case 43116:
		return "This template_id is banned"
	case 44002:
		return "empty post data"
	case 44004:
		return "empty content"
	case 45002:
		return "content size out of limit"
	case 45009:
		return "reach max api daily quota limit"
	case 45011:
		return "api minute-quota reach limit, must slower, retry next minute"
	case 45015:
		return "response out of time limit or subscription is canceled"
	case 45047:
		return "out of response count limit"
	case 46003:
		return "menu no exist"
	case 47001:
		return "data format error"
	case 47003:
		return "argument invalid!"
	}
	return "error " + strconv.Itoa(code)
}
