package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"towncrier/plaintext"
)

const (
	// maxBody is far above the largest true request, a committee with some hundred names of estates.
	maxBody = 64 << 10
	// maxDepth is far above the deepest true body, a list in an object.
	maxDepth = 16
)

// readBody reads a request's body whole and refuses what could be read in two ways, or not at all: what is no UTF-8, fields
// given twice (in any case of letters, which encoding/json does not tell apart), null, which would silently mean that a field
// was left out, NUL, which PostgreSQL cannot keep, and nesting that costs more to read than it is worth. The body can then
// be read again from r.
func readBody(w http.ResponseWriter, r *http.Request, wanted bool) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, unreadable(err)
	}
	_, unread := plaintext.Decode(body)
	body = bytes.TrimPrefix(body, []byte(plaintext.Mark))
	r.Body = io.NopCloser(bytes.NewReader(body))
	switch {
	case len(body) == 0:
		return nil, nil
	case !wanted && string(bytes.TrimSpace(body)) == "{}": // as web clients send it where there is nothing to say
		r.Body = http.NoBody
		return nil, nil
	case !wanted:
		return nil, refuse(http.StatusBadRequest, "malformed", "这项操作不需要内容：请不要发送")
	case !isJSON(r.Header.Get("Content-Type")):
		return nil, refuse(http.StatusUnsupportedMediaType, "media-type", "内容应为 JSON：请写明 Content-Type: application/json")
	case r.Header.Get("Content-Encoding") != "":
		return nil, packed()
	case unread != nil:
		return nil, malformed("body", encodingOf(unread))
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	if err := readValue(dec, "body", 0); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, malformed("body", "结束之后还有多余的内容，请只发送一个 JSON")
	}
	return body, nil
}

// drain reads what is left of a body that was refused before its end. Many clients send all before they read the answer; they would find
// the connection cut, and no reason.
func drain(body io.Reader) { io.CopyN(io.Discard, body, maxUpload) }

func packed() error {
	return refuse(http.StatusUnsupportedMediaType, "media-type", "内容不能压缩：请去掉 Content-Encoding")
}

// unreadable is why a body could not be read to its end.
func unreadable(err error) error {
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return refuse(http.StatusRequestEntityTooLarge, "too-large", fmt.Sprintf("内容超过%s：请分成几次发送", sizeOf(e.Limit)))
	}
	return refuse(http.StatusBadRequest, "malformed", "内容没有传完就中断了：请重新发送")
}

func sizeOf(bytes int64) string {
	if bytes >= 1<<20 {
		return fmt.Sprintf("%d MiB", bytes>>20)
	}
	return fmt.Sprintf("%d KiB", bytes>>10)
}

// encodingOf says why a body is no text. Some Chinese in GBK is UTF-8 by accident: it would be kept as letters that nobody reads.
func encodingOf(err error) string {
	e, _ := errors.AsType[*plaintext.Error](err)
	switch {
	case e == nil:
		return "无法读取，请重新发送"
	case e.NUL:
		return "里面有空字符（NUL），请去掉"
	case e.Encoding != "":
		return "像是 " + e.Encoding + " 编码，请用 UTF-8 编码发送"
	}
	return "不是有效的 UTF-8 编码，请用 UTF-8 编码发送"
}

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == "application/json"
}

func malformed(location, message string) error {
	return refuse(http.StatusBadRequest, "malformed", "内容无法读取，请按提示修改", faultAt(plainLocation(location), message))
}

func readValue(dec *json.Decoder, location string, depth int) error {
	if depth > maxDepth {
		return malformed("body", fmt.Sprintf("层数太多：最多%d层", maxDepth))
	}
	token, err := dec.Token()
	if err != nil {
		return malformed(location, "不是正确的 JSON，请检查引号、逗号和括号")
	}
	if token == nil {
		return malformed(location, "不能是 null：没有内容就不写这一项，或者写空值")
	}
	if text, ok := token.(string); ok && strings.ContainsRune(text, 0) {
		return malformed(location, "里面有空字符（NUL），请去掉")
	} else if ok && strings.ContainsRune(text, utf8.RuneError) { // half of a surrogate pair becomes one, without a word
		return malformed(location, "里面有无法识别的字符（U+FFFD），请按原文重新发送")
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for i := 0; dec.More(); i++ {
		inner := fmt.Sprintf("%s[%d]", location, i)
		if delim == '{' {
			name, err := dec.Token()
			text, _ := name.(string)
			if err != nil {
				return malformed(location, "不是正确的 JSON，请检查引号、逗号和括号")
			}
			inner = location + "." + text
			folded := strings.ToLower(strings.ToUpper(text)) // both: some letters share only one of their cases
			if seen[folded] {
				return malformed(inner, "写了两次，请只写一次")
			}
			seen[folded] = true
		}
		if err := readValue(dec, inner, depth+1); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil { // the closing bracket
		return malformed(location, "不是正确的 JSON，请检查引号、逗号和括号")
	}
	return nil
}
