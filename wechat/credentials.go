package wechat

import "context"

// CheckAccess asks the platform for an access token, so that a wrong AppSecret or an address that is not on the account's list is noticed
// before the first broadcast stands still. Residents are answered without one. The token that is kept stays good: a stable token is the
// same for all who ask. The only error is *Error.
func (c *Client) CheckAccess(ctx context.Context) error {
	_, _, err := c.token.fetch(ctx, false)
	return err
}

// CheckCredentials fails while the platform refuses to give an access token for a reason that a person must mend, as the last who asked was told.
func (c *Client) CheckCredentials(context.Context) error {
	if e := c.token.refused.Load(); e != nil {
		return e
	}
	return nil
}
