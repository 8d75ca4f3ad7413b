package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/util"
)

// DefaultAPI is the platform's base URL.
const DefaultAPI = "https://api.weixin.qq.com"

// Client calls the platform's API for one account. Safe for concurrent use.
type Client struct {
	httpAPI
	secret string
	token  *accessToken
}

// NewClient takes the account's app id and secret, the API's base URL ("" means DefaultAPI; http and a path prefix are
// allowed, for a proxy inside the city's own network) and the memory for the access token. It makes no call.
func NewClient(appID, secret, api string, tokens Tokens) (*Client, error) {
	if appID == "" || secret == "" {
		return nil, errors.New("app id and secret are both needed: see 开发接口管理 in the console")
	}
	if api == "" {
		api = DefaultAPI
	}
	base, err := url.Parse(api)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" || base.User != nil ||
		base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("API base URL must be http or https with a host and nothing behind the path, like " + DefaultAPI)
	}
	c := &Client{httpAPI: newAPI(base), secret: secret}
	c.token = &accessToken{api: &c.httpAPI, appID: appID, secret: secret, shared: tokens, now: time.Now}
	return c, nil
}

// Close gives idle connections back.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// call makes one API call. body nil means GET. out is filled from the answer and may be nil. Every error is an *Error.
func (c *Client) call(ctx context.Context, path string, query url.Values, body, out any) error {
	op := strings.TrimPrefix(strings.TrimPrefix(path, "/"), "cgi-bin/")
	return c.underToken(ctx, op, func(token string) error {
		q := url.Values{"access_token": {token}}
		maps.Copy(q, query)
		answer, err := c.roundTrip(ctx, op, path, q, body)
		if err != nil {
			return err
		}
		var status util.CommonError
		switch err := json.Unmarshal(answer, &status); {
		case err != nil:
			return unreadable(op)
		case status.ErrCode != 0:
			return rejected(op, int(status.ErrCode), status.ErrMsg, c.secret, token)
		case out != nil && json.Unmarshal(answer, out) != nil:
			return unreadable(op)
		}
		return nil
	})
}

// underToken makes a call under the access token, and once more under a fresh one when it is refused. Every error is an *Error.
func (c *Client) underToken(ctx context.Context, op string, call func(token string) error) error {
	refused := ""
	for {
		token, err := c.token.get(ctx, refused)
		if err != nil {
			return asError(op, err)
		}
		err = call(token)
		if e, ok := errors.AsType[*Error](err); !ok || e.Class != RefreshToken || refused != "" {
			return err
		}
		refused = token
	}
}
