package propose

// anyID is the question of forms that ask for nothing of their own.
const anyID = ""

// asked are forms that ask for the same, and how many of them each thing is asked in.
type asked struct {
	asks  string // the question
	times int
	forms []string
}

// The forms in which people ask of a thing, %s, and of what is done with it, %v.
var (
	actForms = []asked{
		{anyID, 8, lines(`能%s吗 能不能%s 可以%s不 让%s吗 %s行不行 %s可以吗 用不用%s 要不要%s 要%s吗 怎么%s 咋%s %s咋办 %s怎么弄 必须%s吗 我想%s
			没法%s咋办 准%s不 不%s行不行 %s行吗 还能%s吗 现在能%s不 %s找谁批 %s找谁办`)},
		{"when", 2, lines(`啥时候%s 什么时候%s 几点%s %s到几号 哪天%s %s要几天 %s多久 %s多少天 周末能%s吗`)},
		{"where", 2, lines(`在哪%s 去哪%s 到哪儿%s 哪里%s 上哪%s`)},
		{"cost", 2, lines(`%s要钱吗 %s多少钱 %s花钱不 %s收费不 %s给钱吗 %s一次多少钱 %s一个月多少钱`)},
		{"phone", 2, lines(`%s打哪个电话 %s给谁打电话`)},
		{"papers", 2, lines(`%s要带什么 %s要啥手续 %s带啥 %s要拿啥`)},
		{"ifnot", 2, lines(`不%s会怎样 没%s会咋样 不%s罚款吗 %s会罚吗 不%s咋处理 不%s有啥后果`)},
	}
	doneForms = []asked{
		{anyID, 3, lines(`%s能%v吗 %s让%v不 %s咋%v 能不能%v%s %v%s行吗 %s可以%v吗 %s怎么%v 要不要%v%s %s用不用%v %s没%v咋办 %s还%v吗`)},
		{"when", 1, lines(`%s啥时候%v %s几点%v 什么时候%v%s`)},
		{"where", 1, lines(`%s去哪%v 在哪%v%s %s往哪%v`)},
		{"cost", 1, lines(`%v%s要钱吗 %v%s多少钱`)},
		{"ifnot", 1, lines(`不%v%s会怎样 %s不%v会咋样`)},
	}
	verbForms = []asked{ // %v alone
		{"when", 8, lines(`几点还%v吗 下午还%v吗 晚上六点还%v吗 晚上%v不 周末%v不 礼拜天能去%v吗 礼拜一%v吗 中午能%v不 早上几点%v 哪天%v 过年还%v吗 节假日%v吗 下雨还%v吗 最晚几号%v
			几点前%v 几点以后不%v了 什么时候才%v 啥时候给%v 今天能%v吗 明天还%v不 多会儿%v`)},
		{"ifnot", 5, lines(`过了时间再%v有啥影响 晚了再%v行吗 过期%v会怎样 不让%v会咋样 不想%v会咋样 不去%v会怎样 不按时%v咋办 没%v怎么办 逾期不%v怎么处理 不%v罚不罚 忘了%v会咋样 偷着%v会怎样`)},
	}
	matterForms = []asked{
		{anyID, 8, lines(`%s能用吗 %s行不行 %s可以吗 %s怎么办 %s咋办 %s咋弄 %s算不算 %s包括吗 有%s吗 有没有%s 没有%s咋办 要%s吗 带%s行吗 能带%s吗
			%s要不要 %s呢 我是%s能办吗 %s怎么说 %s是啥 都有哪些%s 是不是%s %s能不能 %s还能用吗 %s用不用 用不用%s %s行吗 是%s咋办`)},
		{"when", 2, lines(`%s啥时候 %s什么时候 %s几点 %s几天 %s到什么时候 %s哪天 %s要多久 %s多少天能好 %s多长时间`)},
		{"where", 2, lines(`%s在哪 %s在哪里 %s去哪弄 哪里有%s %s在什么地方 %s往哪`)},
		{"cost", 2, lines(`%s多少钱 %s要钱吗 %s收费吗 %s给多少钱 %s花钱不 %s交多少 %s一个多少钱 %s一次多少钱 %s一个月多少 %s给多少 %s补多少`)},
		{"phone", 2, lines(`%s打什么电话 %s电话多少`)},
		{"papers", 2, lines(`%s要带啥 %s要什么材料 %s要拿什么`)},
		{"ifnot", 2, lines(`没有%s会怎样 %s会怎样 %s罚多少 %s罚款吗 %s怎么处理`)},
	}
)

// telForms ask for the telephone of whoever published a notice.
var telForms = lines(`%s电话 %s电话多少 %s咨询电话 %s的电话是多少 怎么联系%s`)
