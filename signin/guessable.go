package signin

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// A passphrase is guessed by what people's passphrases are made of, put together. So it is taken apart into that, and each part counts as
// one character: what is left must be as much as freshEnough.
const freshEnough = 7

// commonplaces are words that passphrases are made of, in pinyin, English and Chinese. With years, keyboard walks and repetitions between
// them they stand for far more passphrases than could be listed.
var commonplaces = strings.Fields(`
	a an and are be is it in my me our the this that to of on or you your we us not no yes hi hello welcome
	password passwort passwd passphrase pass word secret letmein login logon signin admin administrator root user guest test testing demo default
	changeme change master system server computer internet windows linux wechat weixin qq
	love iloveyou lover baby angel princess king queen prince hero star sunshine summer winter spring autumn monday friday
	dragon tiger monkey rabbit horse phoenix eagle football basketball baseball soccer superman batman pokemon
	happy lucky forever money rich power strong good best super great new old big hot cool sweet home family friend school office work job
	company china chinese beijing shanghai guangzhou shenzhen shanxi yuncheng taiyuan people government city
	one two three four five six seven eight nine ten zero hundred thousand first
	520 1314 5201314 woaini aini wo ai ni ta women nimen tamen shi de bu hen hao nihao zaijian xiexie qinai baobei laopo laogong mama baba gege jiejie didi meimei
	mima denglu zhanghao guanli guanliyuan xitong ceshi gongzuo bangong danwei gongsi zhengfu shequ jiedao juweihui tongzhi gonggao
	zhongguo guojia renmin fuwu weirenmin gongchandang jiayou fighting kuaile xingfu pingan jiankang facai gongxi xinnian shengri
	chuntian xiatian qiutian dongtian jintian mingtian zuotian xihuan yongyuan shengli chenggong nuli fendou aiguo
	wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo
	密码 我爱你 我的 我们 我 你 您 他 爱 是 的 在 不 好 很 你好 谢谢 加油 快乐 幸福 平安 健康 发财 恭喜 新年 生日 永远 喜欢 今天 明天 春天 夏天 秋天 冬天
	中国 祖国 国家 人民 万岁 服务 为人民服务 北京 天安门 山西 运城 太原 政府 城市 社区 街道 居委会 单位 公司 工作 办公 通知 公告 登录 账号 管理员 系统 测试
	老婆 老公 宝贝 妈妈 爸爸 家 家人 朋友 学校 好好学习 天天向上 一 二 三 四 五 六 七 八 九 十 百 千 万 零
`)

// walks are rows of keys, and orders that everybody knows; they are walked in both directions.
var walks = both("`" + `1234567890-= qwertyuiop[] asdfghjkl;' zxcvbnm,./ ~!@#$%^&*()_+
	1qaz2wsx3edc4rfv5tgb6yhn7ujm 8ik,9ol.0p;/ zaq1xsw2cde3vfr4bgt5nhy6 qazwsxedcrfvtgbyhnujmikolp 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0
	abcdefghijklmnopqrstuvwxyz 01234567890123456789 147258369 159357 112233445566778899 aabbccddeeff 甲乙丙丁戊己庚辛壬癸 一二三四五六七八九十
`)

func both(walks string) string {
	back := []rune(walks)
	slices.Reverse(back)
	return walks + string(back)
}

// alike are signs that stand for letters.
var alike = strings.NewReplacer("@", "a", "$", "s", "0", "o", "1", "i", "!", "i", "3", "e", "5", "s", "7", "t")

// plain is a text as guessers see it: one case, one width.
func plain(text string) string { return strings.ToLower(norm.NFKC.String(text)) }

// freshness is how many characters of a passphrase are no part of anything common.
func freshness(passphrase string) int {
	text := plain(passphrase)
	least := len(text)
	for _, text := range []string{text, strings.Map(unpunctuated, text)} {
		least = min(least, cheapest(text), cheapest(alike.Replace(text)))
	}
	return least
}

func unpunctuated(r rune) rune {
	if r < unicode.MaxASCII && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return -1
	}
	return r
}

// cheapest takes a text apart into as few common parts and other characters as can be.
func cheapest(text string) int {
	cost := map[int]int{} // of what stands before a place in bytes
	places := []int{0}
	for i, r := range text {
		end := i + utf8.RuneLen(r)
		cost[end] = cost[i] + 1
		for _, start := range places {
			if cost[start]+1 < cost[end] && common(text[:start], text[start:end]) {
				cost[end] = cost[start] + 1
			}
		}
		places = append(places, end)
	}
	return cost[len(text)]
}

// common says whether part is a commonplace, part of a walk, a year or date, one character over and over, or what stood before it.
func common(before, part string) bool {
	if words()[part] {
		return true
	}
	if utf8.RuneCountInString(part) < 3 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(part)
	return strings.Trim(part, string(first)) == "" || strings.Contains(before, part) || strings.Contains(walks, part) || dated(part)
}

var words = sync.OnceValue(func() map[string]bool {
	all := make(map[string]bool, len(commonplaces))
	for _, w := range commonplaces {
		all[w] = true
	}
	return all
})

var dates = regexp.MustCompile(`^(19|20)\d\d((0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?)?$`)

// dated says whether a text is a year of a life or of a calendar, alone or with month and day.
func dated(part string) bool {
	return (len(part) == 4 || len(part) == 6 || len(part) == 8) && dates.MatchString(part)
}

// named says whether a passphrase has a name in it, as it is written or in pinyin.
func named(passphrase string, names []string) bool {
	text := plain(passphrase)
	return slices.ContainsFunc(names, func(name string) bool {
		name = plain(name)
		if latin := strings.Join(pinyin.LazyPinyin(name, pinyin.NewArgs()), ""); len(latin) > 4 && strings.Contains(text, latin) {
			return true
		}
		return len(name) > 3 && strings.Contains(text, name) // two letters of an account say nothing; two Chinese characters do
	})
}
