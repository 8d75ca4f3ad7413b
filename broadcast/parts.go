package broadcast

import (
	"fmt"
	"unicode/utf16"
)

const (
	// maxSingle and perPart are how long a text, its sign included, may be in one part and in each of several.
	maxSingle = 70
	perPart   = 67
	// DefaultPrice is of a part of a notice, in 1/1000 yuan.
	DefaultPrice = 45
)

// Parts is how many parts of an SMS a text has, its sign with brackets included. It counts UTF-16 units, as the air
// interface does: a rare character outside of the basic plane takes two, so that an estimate is never too low.
func Parts(text string) int {
	n := len(utf16.Encode([]rune(text)))
	switch {
	case n == 0:
		return 0
	case n <= maxSingle:
		return 1
	}
	return (n + perPart - 1) / perPart
}

func signed(sign, text string) string {
	if sign == "" {
		return text
	}
	return "【" + sign + "】" + text
}

// Bill is what the texts of a broadcast cost; WeChat costs nothing.
type Bill struct {
	Parts    int   `json:"parts"`     // that a text is billed as, by its template and values; 0 without texts
	Cost     Money `json:"cost"`      // of the texts that are counted on, or that arrived
	CostMost Money `json:"cost_most"` // with every text that may still be needed, or arrive
	Saved    Money `json:"saved"`     // of the texts that are not needed where WeChat, tried first, works
}

// Money is an amount in 1/1000 yuan.
type Money int64

// String is in yuan, to the 1/1000: 12.345元.
func (m Money) String() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	return fmt.Sprintf("%s%d.%03d元", sign, m/1000, m%1000)
}
