package broadcast

import (
	"strings"
	"testing"
)

func TestParts(t *testing.T) {
	for _, test := range []struct{ characters, want int }{
		{0, 0}, {1, 1}, {70, 1}, {71, 2}, {134, 2}, {135, 3}, {160, 3}, {201, 3}, {202, 4}, {500, 8},
	} {
		if got := Parts(strings.Repeat("字", test.characters)); got != test.want {
			t.Errorf("%d characters are %d parts, want %d", test.characters, got, test.want)
		}
	}
	if got := Parts(strings.Repeat("𠮷", 36)); got != 2 {
		t.Errorf("36 characters of two units each are %d parts", got)
	}
	if got := Parts(signed("示例市", strings.Repeat("字", 66))); got != 2 { // 5 and 66
		t.Errorf("the sign is not counted: %d parts", got)
	}
}

func TestMoney(t *testing.T) {
	for amount, want := range map[Money]string{0: "0.000元", 45: "0.045元", 12345: "12.345元", -1: "-0.001元"} {
		if got := amount.String(); got != want {
			t.Errorf("%d is %s, want %s", int64(amount), got, want)
		}
	}
}
