package intents

import "testing"

func TestSoundsLike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"向阳小区", "象杨小区", true},
		{"向阳小区", "xiangyang xiaoqu", true},
		{"向阳小区", "XiangYangXiaoQu", true},
		{"长街一院", "长街1院", false},
		{"長街社區", "长街社区", true},
		{"重庆路", "崇庆路", true}, // a polyphone
		{"向阳小区", "向阳", false},
		{"向阳", "朝阳", false},
		{"12号院", "12号院", true},
		{"12号院", "13号院", false},
		{"test", "rest", false},
		{"阳", "杨", false},
		{"", "", false},
	} {
		if got := SoundsLike(c.a, c.b); got != c.want {
			t.Errorf("SoundsLike(%q, %q) = %v", c.a, c.b, got)
		}
		if got := SoundsLike(c.b, c.a); got != c.want {
			t.Errorf("SoundsLike(%q, %q) = %v", c.b, c.a, got)
		}
	}
}

func TestBlur(t *testing.T) {
	for _, same := range [][2]string{{"辛福小区", "幸福小区"}, {"常城花园", "唱陈花园"}, {"xin fu xiao qu", "幸福小区"}, {"示例街2号院", "四例街2号院"}} {
		if Blur(same[0]) != Blur(same[1]) {
			t.Errorf("%s and %s", same[0], same[1])
		}
	}
	for _, other := range [][2]string{{"幸福小区", "兴隆小区"}, {"示例街1号院", "示例街2号院"}, {"A区", "B区"}} {
		if Blur(other[0]) == Blur(other[1]) {
			t.Errorf("%s and %s", other[0], other[1])
		}
	}
}
