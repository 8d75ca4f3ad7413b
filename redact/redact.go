// Package redact makes a platform's own words fit for a log line, an error or a page: an operator's best hint, less what is
// secret or personal.
package redact

import (
	"regexp"
	"strings"
	"unicode"
)

// maxText is how many characters of a platform's words are kept.
const maxText = 200

// hidden stands where something was taken out.
const hidden = "…"

var (
	address = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://\S*`)
	// signed is followed by the whole request, in the words of Alibaba Cloud's SignatureDoesNotMatch.
	signed = regexp.MustCompile(`(?i)string to sign.*`)
	// Tokens, secrets, openids, keys and signatures are long runs of such characters; words and IP addresses are not.
	long = regexp.MustCompile(`[A-Za-z0-9_+/=%&~-]{16,}`)
	// keyID begins every AccessKey id of Alibaba Cloud.
	keyID = regexp.MustCompile(`(?i)LTAI[A-Za-z0-9]+`)
	// appID is an account's or an openid's short cousin.
	appID = regexp.MustCompile(`\b(wx|gh_)[0-9a-zA-Z]{6,}`)
	// number is a phone number, however it is grouped, or a verification code. Dots are not taken for grouping: an IP address must stay.
	number = regexp.MustCompile(`\+?[0-9](?:[ -]?[0-9]){5,}`)
)

// Text is words on one line and of at most 200 characters, without addresses, long tokens, phone numbers and any of the
// secrets that the caller knows; "…" stands in their place. IP addresses stay: those that a platform names are the city's own.
func Text(words string, secrets ...string) string {
	for _, secret := range secrets {
		if secret != "" {
			words = strings.ReplaceAll(words, secret, hidden)
		}
	}
	words = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return ' '
		}
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, strings.ToValidUTF8(words, " "))
	for _, pattern := range []*regexp.Regexp{signed, address, keyID, appID, long, number} {
		words = pattern.ReplaceAllString(words, hidden)
	}
	words = strings.Join(strings.Fields(words), " ")
	if kept := []rune(words); len(kept) > maxText {
		words = string(kept[:maxText]) + hidden
	}
	if strings.Trim(words, hidden+" ") == "" {
		return ""
	}
	return words
}
