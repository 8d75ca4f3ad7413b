package sms

import "testing"

func TestIsStop(t *testing.T) {
	for _, stop := range []string{
		"T", "t", "TD", "td", "Td", "Ｔ", "ＴＤ", "退订", "取消", " 退 订 ", "退订。", "“取消”", "T.", "（TD）", "T\n", "退订！！", "取\u200b消", "退訂",
		"回复T", "回复“TD”", "TD退订", "退", "R", "拒收",
	} {
		if !IsStop(stop) {
			t.Errorf("%q does not stop", stop)
		}
	}
	for _, other := range []string{
		"", " ", "。", "TT", "T1", "谢谢", "收到", "不要取消", "怎么退订", "取消了吗", "取消会议吗？", "N", "1", "tdd", "明天停水吗", "别退订",
	} {
		if IsStop(other) {
			t.Errorf("%q stops", other)
		}
	}
}

func TestBackoff(t *testing.T) {
	for tries, want := range map[int]string{0: "15s", 1: "15s", 2: "30s", 5: "4m0s", 11: "4h16m0s", 12: "6h0m0s", 10_000: "6h0m0s"} {
		if got := backoff(tries).String(); got != want {
			t.Errorf("after try %d: %s, want %s", tries, got, want)
		}
	}
}
