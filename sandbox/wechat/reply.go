package wechat

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"towncrier/wechat"
)

// maxText is what a text may weigh, passive or by customer-service message, in bytes of UTF-8. The platform documents
// none; over 2048 bytes the failure notice was seen in place of a passive reply.
const maxText = 2048

// replyReader reads what the webhook answers.
type replyReader struct {
	mode   Mode
	crypto *wechat.Crypto
}

// reply is the webhook's passive one. The zero reply is `success` or an empty body: nothing is shown.
type reply struct {
	XMLName      xml.Name `xml:"xml"`
	ToUserName   string
	FromUserName string
	CreateTime   string
	MsgType      string
	Content      string
}

// read takes a reply as strictly as the platform may: what is refused here shows the resident the failure notice.
func (r replyReader) read(m message, body []byte) (reply, error) {
	if len(body) == 0 || string(body) == "success" {
		return reply{}, nil
	}
	plain, err := r.unwrap(body)
	if err != nil {
		return reply{}, err
	}
	var p reply
	if err := decodeXML(plain, &p); err != nil {
		return reply{}, fmt.Errorf("reply is neither success nor valid XML: %w", err)
	}
	switch {
	case p.ToUserName != m.FromUserName.Text || p.FromUserName != m.ToUserName.Text:
		return reply{}, errors.New("reply's ToUserName and FromUserName are not the message's, swapped")
	case !digits(p.CreateTime):
		return reply{}, errors.New("reply's CreateTime is not a whole number of seconds")
	}
	switch p.MsgType {
	case "text":
		switch n := len(p.Content); {
		case n == 0:
			return reply{}, errors.New("reply's Content is empty")
		case n > maxText:
			return reply{}, fmt.Errorf("reply's Content has %d bytes, at most %d are shown", n, maxText)
		}
		return p, nil
	case "transfer_customer_service":
		return p, nil
	}
	return reply{}, fmt.Errorf("reply's MsgType %q is none that the rehearsal shows: text, transfer_customer_service", p.MsgType)
}

// unwrap checks the signature of a sealed reply and opens it. In compatible mode either form is taken.
func (r replyReader) unwrap(body []byte) ([]byte, error) {
	var e struct {
		XMLName      xml.Name `xml:"xml"`
		Encrypt      string
		MsgSignature string
		TimeStamp    string
		Nonce        string
	}
	if err := decodeXML(body, &e); err != nil {
		return nil, fmt.Errorf("reply is neither success nor valid XML: %w", err)
	}
	switch {
	case r.mode == Plain && e.Encrypt != "":
		return nil, errors.New("reply is sealed, but the account is in plaintext mode")
	case r.mode == Plain, r.mode == Compatible && e.Encrypt == "":
		return body, nil
	case e.Encrypt == "":
		return nil, errors.New("reply is not sealed")
	case !digits(e.TimeStamp):
		return nil, errors.New("reply's TimeStamp is not a whole number of seconds")
	case !r.crypto.Verify(e.MsgSignature, e.TimeStamp, e.Nonce, e.Encrypt):
		return nil, errors.New("reply's MsgSignature does not match")
	}
	plain, _, err := r.crypto.Open(e.Encrypt)
	if err != nil {
		return nil, fmt.Errorf("reply: %w", err)
	}
	return plain, nil
}

// decodeXML reads one document and refuses anything after it.
func decodeXML(body []byte, into any) error {
	if !utf8.Valid(body) {
		return errors.New("not UTF-8")
	}
	dec := xml.NewDecoder(bytes.NewReader(body))
	if err := dec.Decode(into); err != nil {
		return err
	}
	for {
		switch t, err := dec.Token(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		default:
			if text, ok := t.(xml.CharData); !ok || len(bytes.TrimSpace(text)) > 0 {
				return errors.New("something follows the document")
			}
		}
	}
}

func digits(s string) bool {
	_, err := strconv.ParseUint(s, 10, 63)
	return err == nil
}
