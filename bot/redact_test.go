package bot

import (
	"slices"
	"testing"

	"towncrier/content"
	"towncrier/phone"
)

func TestHide(t *testing.T) {
	contacts := []content.Contact{{Phone: "19900000001"}, {Phone: "0359-3333333"}}
	for said, want := range map[string]string{
		"19900001234":             "199****1234",
		"１９９００００１２３４":             "199****1234",
		"+86 199-0000-1234":       "+199****1234",
		"0086 19900001234":        "199****1234",
		"199 0000 1234。":          "199****1234。",
		"我的电话是19900001234，请回":     "我的电话是199****1234，请回",
		"幺九九零零零零一二三四":             "199****1234",
		"19900001234和19900005678": "199****1234和199****5678",
		"19900001234 19900005678": "199****1234 199****5678",
		"19900001234 123456":      "199****1234 123456",
		"19900000001":             "19900000001", // a contact's
		"19900001234123456":       "****",
		"11010119900000123X":      "****X",
		"20231120-0001":           "20231120-0001",
		"2019年3月":                 "2019年3月",
		"0359-2222222":            "****",
		"（0359）2222222转8":         "（****转8",
		"03592222222":             "****",
		"0359-3333333":            "0359-3333333", // a contact's
		"03592 0001":              "03592 0001",
		"12345":                   "12345",
		"+1 415 555 0100":         "+****",
		"001 415 555 0100打这个":     "****打这个",
		"+8":                      "+8",
		"007":                     "007",
		"三个月修了一九":                 "三个月修了一九",
		"1990000123":              "1990000123",
		"":                        "",
	} {
		h := redactNumbers(said, contacts)
		got, numbers := h.said, h.numbers
		if got != want {
			t.Errorf("hide(%q) = %q, want %q", said, got, want)
		}
		for _, n := range numbers {
			if again, err := phone.Parse(string(n)); err != nil || again != n {
				t.Errorf("hide(%q) finds %q", said, n)
			}
		}
	}
	numbers := redactNumbers("19900001234和１９９ 0000 5678还有19900001234", nil).numbers
	if want := []phone.Number{"19900001234", "19900005678"}; !slices.Equal(numbers, want) {
		t.Errorf("got %d numbers, want the two distinct ones in order", len(numbers))
	}
	if !redactNumbers("6222000000000000000", nil).long {
		t.Error("the digits of a bank card are not taken for such")
	}
}

func FuzzHide(f *testing.F) {
	for _, s := range []string{"19900001234", "1 9 9 0 0 0 0 1 2 3 4", "+86(199)0000-1234", "幺九九零零零零一二三四", "\xff199", "１９９００００１２３４5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		h := redactNumbers(clean(said), nil)
		hidden, numbers, long := h.said, h.numbers, h.long
		if len(numbers) == 0 && !long && !h.landline && !h.foreign && hidden != clean(said) {
			t.Errorf("%q became %q, and nothing was found in it", said, hidden)
		}
		if again := redactNumbers(hidden, nil); len(again.numbers) > 0 && !long {
			t.Errorf("%q: a number is left in %q, which becomes %q", said, hidden, again.said)
		}
	})
}

func TestCodes(t *testing.T) {
	for said, want := range map[string][]string{
		"123456": {"123456"}, "１２３４５６": {"123456"}, "12 34 56": {"123456"}, "验证码是 123456": {"123456"}, "1 2 3 4 5 6": {"123456"},
		"【邻里通】您的验证码是123456，5分钟内有效": {"123456"}, "123456 654321": {"123456", "654321"}, "123456和123456": {"123456"},
		"12345": nil, "1234567": nil, "一二三四五六": {"123456"}, "没收到": nil, "": nil,
	} {
		if got := codes(said); !slices.Equal(got, want) {
			t.Errorf("codes(%q) = %v, want %v", said, got, want)
		}
	}
}

func TestLandlineAndForeign(t *testing.T) {
	for said, want := range map[string]string{
		"0359-2222222": "landline", "03592222222": "landline", "(0359)2222222": "landline", "2222222": "landline", "01088888888": "landline",
		"+85290001234": "foreign", "+1 415 555 0100": "foreign", "0085290001234": "foreign", "886-912345678": "foreign",
		"1990000123": "", "29900001234": "", "+8612345": "",
	} {
		got := ""
		switch h := redactNumbers(said, nil); {
		case h.foreign || overseas.MatchString(said):
			got = "foreign"
		case h.landline || local.MatchString(said):
			got = "landline"
		}
		if got != want {
			t.Errorf("%q is taken for %q, want %q", said, got, want)
		}
	}
}
