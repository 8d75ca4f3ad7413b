package wechat

import (
	"bytes"
	"encoding/json"
	"net/url"
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
