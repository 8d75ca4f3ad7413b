package blank_test

import (
	"strings"
	"testing"
	"time"

	"towncrier/blank"
)

var words = blank.New(
	[]string{"遛狗要拴绳，违反的由公安机关处理", "小区里的充电桩什么时候装好", "老旧小区改造涉及哪些楼栋", "志愿平安建设", "用app报名"},
	[]string{"幸福里小区", "幸福里", "示例花园"},
	[]string{"示例市", "示例区"},
)

func TestBlank(t *testing.T) {
	for text, want := range map[string]string{
		"公积金怎么提取":   "公积金怎么提取",
		"狗证丢了怎么补办？": "狗证丢了怎么补办？",
		"我叫王建国，住幸福里小区3号楼2单元501，暖气不热谁管": "我叫×，住×，暖气不热谁管",
		"我家在红旗街那边，昨天停水了":               "我家在×那边，昨天停水了",
		"老旧小区改造什么时候开始":                 "老旧小区改造什么时候开始",
		"哪个小区改造":                       "哪个小区改造",
		"马路上的路灯坏了":                     "马路上的路灯坏了",
		"张平安的医保卡怎么报销":                  "×的医保卡怎么报销",
		"李主任上班时间":                      "×主任上班时间",
		"电话19900001234打不通":             "电话×打不通",
		"幺九九零零零零一二三四是谁的号码":             "×是谁的号码",
		"我的微信号是wang_88@example.com":    "我的微信号是×",
		"示例区哪里能打疫苗":                    "示例区哪里能打疫苗",
		"三号楼二单元的电梯坏了":                  "×的电梯坏了",
		"臥龍先生的補貼":                      "×先生的补贴",
		"用APP怎么报名":                     "用app怎么报名",
		"司马平安的医保":                      "×的医保",
		"公司马上停水了吗":                     "公司马上停水了吗",
		"住在金色年华三期，暖气不热":                "住在×，暖气不热",
		"万一停电了找谁":                      "万一停电了找谁",
		"2026年12月5日停水吗":                "×停水吗",
		"我家孩子在实验幼儿园，学费多少钱":             "我家孩子在×幼儿园，学费多少钱",
		"家住槐东北路的老人办老年卡\n还要身份证吗":        "家住×的老人办老年卡 还要身份证吗",
	} {
		if got, _ := words.Blank(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// TestNoSecretIsLeft puts names, addresses and numbers that no text of the city has into questions: nothing of them is left.
func TestNoSecretIsLeft(t *testing.T) {
	secrets := []string{"欧阳慕白", "刘翠花", "赵铁柱", "尉迟敬德", "锦绣御湾", "槐荫", "19900005678", "140802199001011234", "晋M12345", "一四零八零二", "wxid_k2k3", "0359-2222222", "阿依古丽", "陈平安", "和平", "禹都向阳"}
	for _, frame := range []string{"%的社保卡在哪补办", "我是%，补贴什么时候到账", "请问%", "%小区几点停水", "住在%路，暖气不热", "找%投诉物业", "我叫%低保怎么申请", "老师%说学费要交"} {
		for _, secret := range secrets {
			left, _ := words.Blank(strings.ReplaceAll(frame, "%", secret))
			for part := range strings.SplitSeq(secret, "") {
				if (part < "0" || part > "z") && strings.Contains(left, part) && !strings.Contains(strings.ReplaceAll(frame, "%", ""), part) {
					t.Errorf("%s of %s is left in %s", part, secret, left)
				}
			}
		}
	}
}

func TestUtterance(t *testing.T) {
	for text, want := range map[string]string{
		"我叫欧阳慕白，住红旗街，路灯坏了找谁": "路灯坏了找谁",
		"幸福里小区3号楼什么时候停水":     "什么时候停水",
		"张三丰的补贴多少钱，":         "的补贴多少钱",
		"我家在那边":              "",
		"槑槑槑槑":               "",
		"19900001234是谁的":     "",
	} {
		if got := words.Utterance(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestAnswer(t *testing.T) {
	const text = "王女士您好：您反映的幸福里小区3号楼漏水，已派人于12月5日9时到18时维修。报修电话0000-5550101，师傅姓名赵铁柱。"
	got := words.Answer(text)
	for _, gone := range []string{"王", "幸福里", "3号楼", "5550101", "铁柱"} {
		if strings.Contains(got, gone) {
			t.Errorf("%s is left in %s", gone, got)
		}
	}
	for _, left := range []string{"12月5日9时到18时", "：", "，", "漏水", "维修"} {
		if !strings.Contains(got, left) {
			t.Errorf("%s is gone from %s", left, got)
		}
	}
}

// TestBlankIsQuick: it runs in the exchange of a declined question, and over all that was filed in 90 days.
func TestBlankIsQuick(t *testing.T) {
	text := strings.Repeat("我家住红旗街三号楼暖气不热找谁投诉物业", 20)
	start := time.Now()
	for range 20 {
		words.Blank(text)
	}
	if each := time.Since(start) / 20; each > 20*time.Millisecond {
		t.Errorf("%s a text of %d characters", each, len([]rune(text)))
	}
}
