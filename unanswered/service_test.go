package unanswered

import "testing"

func TestLikeQuestions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		like bool
	}{
		{"哪里能打狂犬疫苗", "请问狂犬疫苗去哪儿打", true},
		{"打狂犬疫苗在什么地方", "狂犬疫苗哪里打", true},
		{"狂犬疫苗多少钱", "哪里能打狂犬疫苗", false},
		{"狗丢了怎么办", "猫丢了怎么办", false},
		{"×小区什么时候通暖气", "×路什么时候通暖气啊", true},
		{"老年卡怎么办理", "残疾证怎么办理", false},
		{"公积金怎么提取", "请问公积金能不能提取", true},
		{"路灯坏了找谁", "路灯坏了谁管", true},
		{"路灯坏了", "电梯坏了", false},
		{"×", "的", false},
	} {
		if got := likest(Question{Text: c.a}, []Question{{Group: 7, Text: c.b}}).Group == 7; got != c.like {
			t.Errorf("%s, %s: %v", c.a, c.b, got)
		}
	}
}
