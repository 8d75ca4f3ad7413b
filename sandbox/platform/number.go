package platform

import "regexp"

// numberForm is what the platforms take, and its group gives the 11 digits.
var numberForm = regexp.MustCompile(`^(?:\+86|0086|86)?(1[3-9][0-9]{9})$`)

// Number reads a mobile number as a call may write it, and gives its 11 digits; "" for none that is valid.
func Number(s string) string {
	if isNumber(s) { // as nearly all are written, of which a broadcast has a hundred a call
		return s
	}
	if found := numberForm.FindStringSubmatch(s); found != nil {
		return found[1]
	}
	return ""
}

// isNumber says whether s is 11 digits that begin with 13 to 19.
func isNumber(s string) bool {
	if len(s) != 11 || s[0] != '1' || s[1] < '3' {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
