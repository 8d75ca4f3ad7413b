package signin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"towncrier/problem"
)

var owner = []string{"wangxiaoming", "王小明", "盐湖区", "运城市"}

func refusal(passphrase string) string {
	err := checkPassphrase("passphrase", passphrase, owner)
	if err == nil {
		return ""
	}
	at, _ := errors.AsType[*problem.Invalid](err)
	return at.Reason
}

func TestPassphrasesThatAreRefused(t *testing.T) {
	for reason, all := range map[string][]string{
		"太短": {"", "短", "k7#mQ2!xLp9", "十一个字的密码还不够长"},
		"太长": {strings.Repeat("长", 129)},
		"常见": {
			"password1234", "Password2024!", "P@ssw0rd2026", "passwordpassword", "password password 1", "admin123456789", "Admin@2026!!!!", "letmeinletmein", "iloveyou520520",
			"qwertyuiop123", "1qaz2wsx3edc", "zaq12wsxcde3", "asdfghjkl1234", "poiuytrewq0987", "1q2w3e4r5t6y", "qazwsxedcrfv", "!@#$%^&*()_+",
			"123456789012", "098765432109", "abcdefghijkl", "zyxwvutsrqpo", "111111222222", "aaaaaaaaaaaa", "abcabcabcabc", "k7#k7#k7#k7#", "19851224198512", "2026-11-30-2026",
			"woaibeijing2024", "zhongguo2026!!!", "mimamimamima", "nihao123456789", "weirenminfuwu1", "guanliyuan2026", "WoAiNi19900101", "wangliuzhaoyang",
			"我爱你中国我爱你中国", "为人民服务为人民服务2026", "密码密码密码密码密码密码", "一二三四五六七八九十一二三", "好好学习天天向上2026年", "１２３４５６７８９０１２", "ＰＡＳＳＷＯＲＤ１２３４",
		},
		"姓名": {"wangxiaoming-9f#Lk2", "9f#Lk2王小明的第三把钥匙", "盐湖区9f#Lk2x!mvQp", "WangXiaoMing9f#Lk2", "9f#Lk2yanhuqu!mvQp", "Yunchengshi9f#Lk2!"},
	} {
		for _, passphrase := range all {
			if reason == "常见" && len([]rune(passphrase)) < shortest {
				passphrase += passphrase[:len(passphrase)/2]
			}
			if got := refusal(passphrase); !strings.Contains(got, reason) {
				t.Errorf("%q: %q, want %s", passphrase, got, reason)
			}
		}
	}
}

func TestPassphrasesThatAreTaken(t *testing.T) {
	for _, passphrase := range []string{"九十九只白鹅不吃芦苇的叶子", "correct horse battery staple", "k7#mQ2!xLp9v", "三号楼的猫昨晚偷吃了鲤鱼", "Über den Wolken muß es", "🦆🦉🐢🦀🐙🦑🦐🦞🐬🐳🐋🦈", "zhe zhi mao zai wu ding shang shui jiao", "mercury-violin-plateau-87"} {
		if got := refusal(passphrase); got != "" {
			t.Errorf("%q: %s", passphrase, got)
		}
	}
}

// TestTenThousandCommonOnes puts together what common passphrases are made of, as people do.
func TestTenThousandCommonOnes(t *testing.T) {
	n := 0
	for _, first := range []string{"password", "admin", "woaini", "zhongguo", "qwer", "asdf", "beijing", "welcome", "dragon", "Test", "MIMA", "我爱你"} {
		for _, second := range []string{"", "123", "abc", "@", "!", "love", "wang", "_admin", "888", "520"} {
			for year := 1950; year < 2035; year++ {
				passphrase := fmt.Sprintf("%s%s%d", first, second, year)
				for len([]rune(passphrase)) < shortest {
					passphrase += "1234"
				}
				n++
				if got := freshness(passphrase); got >= freshEnough {
					t.Fatalf("%q counts as %d", passphrase, got)
				}
			}
		}
	}
	if n < 10_000 {
		t.Errorf("only %d", n)
	}
}

func TestPassphraseHashes(t *testing.T) {
	h := newHasher()
	const accented = "Pâté à la crème brûlée"
	kept, err := h.hash(t.Context(), norm.NFD.String(accented))
	if err != nil || !strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatal(kept, err)
	}
	if again, _ := h.hash(t.Context(), accented); again == kept {
		t.Error("two hashes with one salt")
	}
	if right, grown, err := h.verify(t.Context(), kept, norm.NFC.String(accented)); !right || grown || err != nil {
		t.Error("composed otherwise:", right, grown, err)
	}
	for _, wrong := range []string{"", "pâté à la crème brûlée", strings.Repeat("x", 1<<20)} {
		if right, _, err := h.verify(t.Context(), kept, wrong); right || err != nil {
			t.Errorf("%.40q: %v, %v", wrong, right, err)
		}
	}
	key, err := h.key(t.Context(), accented, make([]byte, saltLen), 8<<10, 1, 1, hashLen)
	if err != nil {
		t.Fatal(err)
	}
	if right, grown, err := h.verify(t.Context(), phc(8<<10, 1, 1, make([]byte, saltLen), key), accented); !right || !grown || err != nil {
		t.Error("with less than is asked for:", right, grown, err)
	}
	for _, bad := range []string{"", "$2b$10$x", "$argon2id$v=19$m=0,t=2,p=1$AAAA$AAAA", strings.Replace(kept, "v=19", "v=16", 1)} {
		if _, _, err := h.verify(t.Context(), bad, accented); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

// TestTwoComputationsAtOnce: others wait, and stop waiting when nobody waits for them.
func TestTwoComputationsAtOnce(t *testing.T) {
	h := newHasher()
	for range 2 {
		h.free <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := h.hash(ctx, "whatever it is"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third: %v", err)
	}
	h.patience = 10 * time.Millisecond
	if _, err := h.hash(t.Context(), "whatever it is"); !errors.Is(err, ErrBusy) {
		t.Errorf("whose turn does not come: %v", err)
	}
	<-h.free
	if _, err := h.hash(t.Context(), "whatever it is"); err != nil {
		t.Error(err)
	}
}
