package phone

// Unfit is why a text that In finds a number in is refused: a title, a tag, a place or a name stands readable in the database, and
// more people read it than may see numbers.
const Unfit = "里面有手机号，不能写在这里，请去掉"

// In reports whether a text holds a mobile number, however it is written. A text that colleagues or a whole city may read, such as
// a title or a tag, must not hold one.
func In(text string) bool {
	groups := groupsOf(text)
	for i := range groups {
		digits := ""
		for j := i; j < len(groups) && (j == i || groups[j].near) && len(digits) <= len("0086")+len("0")+11; j++ {
			if digits += groups[j].digits; isMobile(withoutPrefix(digits)) {
				return true
			}
		}
	}
	return false
}

// digitGroup is digits without anything between them. near says that only signs that a number may have stand before it.
type digitGroup struct {
	digits string
	near   bool
}

// groupsOf are the runs of digits in a text.
func groupsOf(text string) (groups []digitGroup) {
	inGroup, between, near := false, 0, false
	for _, r := range text {
		if r >= '０' && r <= '９' {
			r -= '０' - '0'
		}
		if r < '0' || r > '9' {
			if inGroup {
				inGroup, between, near = false, 0, true
			}
			between++
			near = near && between <= maxBetween && IsBetween(r)
			continue
		}
		if !inGroup {
			groups, inGroup = append(groups, digitGroup{near: near && len(groups) > 0}), true
		}
		groups[len(groups)-1].digits += string(r)
	}
	return groups
}

// maxBetween is how many signs may stand between two groups of one number: 199) - (0000.
const maxBetween = 5
