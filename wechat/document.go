package wechat

import "strings"

// maxElements bounds how many elements are read at one level of a push; the platform's longest has about fifteen.
const maxElements = 64

// document is a push, divided into what the platform wrote and what a resident wrote.
//
// Strings stand in CDATA, and the platform does not say whether it escapes a "]]>" in them. A resident who writes one can
// therefore end an element early and go on with elements of their own. Such text can stand only between the first and the
// last element that a resident can fill. What comes before and after holds nothing but the platform's own elements, and
// only those tell the sender, the type, the event and the ids. No text can move that border: the elements of the last part
// are read backwards from the end, and the genuine end tag of the last element that a resident filled stops the reading.
type document struct {
	platform []element // from the beginning, then from the end, in the order of the push
	rest     string    // what stands between, markup included
}

type element struct {
	name, text string
}

// isPlatforms says that the platform alone fills the element. A name that is missing here costs at most that ids behind it
// are not read; a name too many would let residents write them.
func isPlatforms(name string) bool {
	switch name {
	case "ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "Encrypt", "MsgSignature", "TimeStamp", "Nonce",
		"MsgId", "MsgDataId", "Idx", "MsgID", "Status", "OpenID", "UnionID", "AppID", "RevokeInfo":
		return true
	}
	return false
}

// text is what the platform wrote into an element, "" if there is none. The first of a name counts.
func (d *document) text(name string) string {
	for _, e := range d.platform {
		if e.name == name {
			return e.text
		}
	}
	return ""
}

// written is what a resident wrote into an element, "" if there is none.
func (d *document) written(name string) string {
	rest := d.rest
	for range maxElements {
		found, text, empty, ok := startTag(rest)
		if !ok {
			break
		}
		if empty {
			rest = text
			continue
		}
		// An element reaches to its last end tag, so that a text is never cut short by one that is part of it.
		endTag := "</" + found + ">"
		end := strings.LastIndex(text, endTag)
		if end < 0 {
			break
		}
		if found == name {
			return residentText(text[:end])
		}
		rest = text[end+len(endTag):]
	}
	return ""
}

// divide reads the outermost level of a push. ok is false for what is not one element called xml.
func divide(body []byte) (d document, ok bool) {
	text := strings.TrimSpace(clean(string(body)))
	if strings.HasPrefix(text, "<?xml") {
		_, text, _ = strings.Cut(text, "?>")
		text = strings.TrimSpace(text)
	}
	text, begins := strings.CutPrefix(text, "<xml>")
	text, ends := strings.CutSuffix(text, "</xml>")
	if !begins || !ends {
		return document{}, false
	}
	d.platform = make([]element, 0, 8)
	for len(d.platform) < maxElements {
		e, after, ok := firstElement(text)
		if !ok {
			break
		}
		d.platform = append(d.platform, e)
		text = after
	}
	var last []element
	for len(last) < maxElements {
		e, before, ok := lastElement(text)
		if !ok {
			break
		}
		last = append(last, e)
		text = before
	}
	for i := len(last) - 1; i >= 0; i-- {
		d.platform = append(d.platform, last[i])
	}
	d.rest = text
	return d, true
}

// children are the elements of a part in which no resident wrote, each with everything inside of it. ok is false if
// anything else stands there.
func children(part string) (all []element, ok bool) {
	for range maxElements {
		if strings.TrimLeft(part, space) == "" {
			return all, true
		}
		e, after, ok := nextElement(part)
		if !ok {
			break
		}
		all = append(all, e)
		part = after
	}
	return all, false
}

// nextElement takes an element off the beginning, with everything inside of it. It ends at its first end tag.
func nextElement(text string) (e element, after string, ok bool) {
	name, text, empty, ok := startTag(text)
	if !ok || empty {
		return element{name: name}, text, ok
	}
	inner, after, ok := strings.Cut(text, "</"+name+">")
	return element{name, inner}, after, ok
}

// firstElement takes an element of the platform off the beginning.
func firstElement(text string) (e element, after string, ok bool) {
	e, after, ok = nextElement(text)
	if !ok || !isPlatforms(e.name) {
		return element{}, "", false
	}
	e.text, ok = platformText(e.text)
	return e, after, ok
}

// lastElement takes an element of the platform off the end.
func lastElement(text string) (e element, before string, ok bool) {
	text = strings.TrimRight(text, space)
	lt := strings.LastIndexByte(text, '<')
	if lt < 0 || !strings.HasSuffix(text, ">") {
		return element{}, "", false
	}
	tag := text[lt+1 : len(text)-1]
	if name, ok := strings.CutSuffix(tag, "/"); ok {
		return element{name: name}, text[:lt], isPlatforms(name)
	}
	name, ok := strings.CutPrefix(tag, "/")
	if !ok || !isPlatforms(name) {
		return element{}, "", false
	}
	begin := "<" + name + ">"
	at := strings.LastIndex(text[:lt], begin)
	if at < 0 {
		return element{}, "", false
	}
	value, ok := platformText(text[at+len(begin) : lt])
	return element{name, value}, text[:at], ok
}

// platformText is what an element of the platform holds: ids, numbers and codes, never a sign that could be markup.
func platformText(inner string) (string, bool) {
	if section, ok := cdata(inner); ok {
		inner = section
	}
	return inner, !strings.ContainsAny(inner, "<>&]")
}

const space = " \t\r\n"

// startTag reads a start tag, or the tag of an empty element, after spaces and comments.
func startTag(text string) (name, after string, empty, ok bool) {
	text = strings.TrimLeft(text, space)
	for strings.HasPrefix(text, "<!--") {
		_, behind, closed := strings.Cut(text[len("<!--"):], "-->")
		if !closed {
			return "", "", false, false
		}
		text = strings.TrimLeft(behind, space)
	}
	text, begins := strings.CutPrefix(text, "<")
	name, after, ends := strings.Cut(text, ">")
	if !begins || !ends {
		return "", "", false, false
	}
	name, empty = strings.CutSuffix(name, "/")
	name = strings.TrimRight(name, space)
	return name, after, empty, validName(name)
}

// residentText is what a resident wrote, from what stands in the element. A "]]>" may be written as it is, or split over
// two sections.
func residentText(inner string) string {
	if section, ok := cdata(inner); ok {
		return strings.ReplaceAll(section, "]]]]><![CDATA[>", "]]>")
	}
	var b strings.Builder
	for {
		begin := strings.IndexByte(inner, '<')
		if begin < 0 {
			return b.String() + unescape(inner)
		}
		b.WriteString(unescape(inner[:begin]))
		inner = inner[begin:]
		if section, after, ok := enclosed(inner, "<![CDATA[", "]]>"); ok {
			b.WriteString(section)
			inner = after
		} else if _, after, ok := enclosed(inner, "<!--", "-->"); ok {
			inner = after
		} else {
			b.WriteByte('<')
			inner = inner[1:]
		}
	}
}

// cdata is the content of an element that is one CDATA section.
func cdata(inner string) (string, bool) {
	section, begins := strings.CutPrefix(strings.TrimSpace(inner), "<![CDATA[")
	section, ends := strings.CutSuffix(section, "]]>")
	return section, begins && ends
}

func enclosed(text, begin, end string) (inner, after string, ok bool) {
	text, ok = strings.CutPrefix(text, begin)
	if !ok {
		return "", "", false
	}
	return strings.Cut(text, end)
}
