package sms

import "testing"

func TestIsStop(t *testing.T) {
	for _, c := range []struct {
		text      string
		sms, chat bool
	}{
		// What texts of any sender tell people to send, as they send it.
		{"T", true, true}, {"t", true, true}, {"TD", true, true}, {"Td", true, true}, {"Ｔ", true, true}, {"ｔｄ", true, true}, {"Ⓣ", true, true},
		{"退订", true, true}, {" 退 订 ", true, true}, {"退订。", true, true}, {"退订！！", true, true}, {"“退订”", true, true}, {"退訂", true, true},
		{"退订?", true, true}, {"T.", true, true}, {"（TD）", true, true}, {"【T】", true, true}, {"T\n", true, true}, {"'T'", true, true}, {"退\u200b订", true, true},
		{"STOP", true, true}, {"Stop.", true, true}, {"ＳＴＯＰ", true, true}, {"UNSUBSCRIBE", true, true}, {"unsubscribe!", true, true}, {"Opt-out", true, true},
		{"拒收", true, true}, {"拒收短信", true, true}, {"停收", true, true}, {"停收短信", true, true}, {"停止接收通知", true, true}, {"取消订阅", true, true},
		{"退订短信", true, true}, {"取消短信", true, true}, {"退订了", true, true}, {"退订退订", true, true}, {"tuiding", true, true},
		// The instruction itself, in the orders that senders print it.
		{"回T退订", true, true}, {"回TD退订", true, true}, {"退订回T", true, true}, {"退订回TD", true, true}, {"回复TD退订", true, true},
		{"退订回复T", true, true}, {"拒收请回复R", true, true}, {"回N退订", true, true}, {"回复N退订", true, true}, {"退订请回N", true, true},
		{"拒收回R", true, true}, {"回复“TD”退订", true, true}, {"退订，回T", true, true}, {"回 T 退订", true, true}, {"TD退订", true, true}, {"T退订", true, true},
		{"退订T", true, true}, {"回复T", true, true}, {"回复“TD”", true, true}, {"请回复TD退订", true, true}, {"不再接收请回复T", true, true},
		{"回复T即可退订", true, true}, {"回T拒收", true, true}, {"发送TD退订", true, true}, {"退订回复退订", true, true}, {"回復TD退訂", true, true},
		// Politeness around it.
		{"T，谢谢", true, true}, {"退订，谢谢", true, true}, {"退订谢谢", true, true}, {"谢谢，退订", true, true}, {"请退订", true, true}, {"我要退订", true, true},
		{"麻烦帮我退订一下，谢谢您", true, true}, {"你好，T", true, true}, {"退订吧", true, true}, {"TD 谢谢！", true, true}, {"STOP please", true, true},
		{"please unsubscribe, thank you", true, true}, {"退訂，謝謝", true, true}, {"好的，退订", true, true}, {"退订😡", true, true}, {"T T", true, true},
		// Words that stop by SMS only.
		{"取消", true, false}, {"“取消”", true, false}, {"取\u200b消", true, false}, {"取消，谢谢", true, false}, {"退", true, false}, {"退，谢谢", true, false},
		{"N", true, false}, {"n.", true, false}, {"Ｎ", true, false}, {"R", true, false}, {"N，谢谢", true, false}, {"回复R", true, false}, {"回N", true, false},
		{"停", true, false}, {"停止", true, false}, {"回T取消", true, false}, {"回复取消", true, false},
		// What is none.
		{"", false, false}, {" ", false, false}, {"。", false, false}, {"TT", false, false}, {"T1", false, false}, {"T恤", false, false}, {"T恤多少钱", false, false},
		{"T 恤", false, false}, {"T恤，谢谢", false, false}, {"谢谢", false, false}, {"收到", false, false}, {"收到，谢谢", false, false}, {"不要取消", false, false},
		{"别退订", false, false}, {"不退订", false, false}, {"怎么退订", false, false}, {"退订了吗", false, false}, {"取消了吗", false, false}, {"取消会议吗？", false, false},
		{"取消退订", false, false}, {"取消 退订", false, false}, {"1", false, false}, {"tdd", false, false}, {"明天停水吗", false, false}, {"停水", false, false},
		{"No", false, false}, {"请不要再给我发短信了，谢谢", false, false}, {"你们发错人了，我不住这里", false, false}, {"退订要钱吗", false, false}, {"stop sign broken", false, false},
		{"bus stop 坏了", false, false}, {"退休金", false, false}, {"退税怎么办", false, false}, {"回复太慢", false, false}, {"NBA", false, false}, {"我要T恤", false, false},
		{"R101路公交停运", false, false}, {"拒收快递怎么投诉", false, false}, {"停收物业费", false, false}, {"你好", false, false}, {"请", false, false},
	} {
		if got := IsStop(c.text); got != c.sms {
			t.Errorf("by SMS, %q stops: %v, want %v", c.text, got, c.sms)
		}
		if got := IsChatStop(c.text); got != c.chat {
			t.Errorf("in chat, %q stops: %v, want %v", c.text, got, c.chat)
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
