package propose

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"towncrier/content"
)

// offices are the last words of the names of those who publish notices.
const offices = `公司|集团|人民政府|政府|委员会|居委会|村委会|办公室|办事处|管理局|监督局|分局|局|支队|大队|总队|指挥部|中心|医院|卫生院|学校|小学|中学|幼儿园|` +
	`管理处|管理所|营业所|供电所|派出所|站|协会|联合会|银行|合作社|馆|处|所|院|厅|委|部`

var (
	// office is a whole line that names who signs.
	office = regexp.MustCompile(`^[\p{Han}A-Za-z0-9（）()·、“”]{2,40}(` + offices + `)(（[^）]*章[^）]*）)?$`)
	// officeInHeadline comes before what it is about: 示例市公安局关于…的通告.
	officeInHeadline = regexp.MustCompile(`^([\p{Han}（）()]{2,36}(?:` + offices + `))(?:关于|致)`)
	// officeInReport is who did something in a paper's first sentence.
	officeInReport = regexp.MustCompile(`([\p{Han}]{2,20}?(?:` + offices + `))(?:获悉|了解到|召开|发布|通报|举行|就|对|将|决定|宣布|印发|出台|启动|组织|联合|表示|介绍)`)
	report         = regexp.MustCompile(`^[【（(]?([\p{Han}]{2,12}(?:晚报|日报|早报|时报|晨报|周报|电视台|广播电台|融媒体?|网|社|报))(?:讯|消息|电)`)
	reporter       = regexp.MustCompile(`^[^。，]{0,20}(?:讯|消息|电)\s*[（(][^）)]*(?:记者|通讯员)[^）)]*[）)]\s*`)
	sourceLine     = regexp.MustCompile(`^(?:来源|信息来源|发布单位|发布机构)\s*[:：]\s*(\S{2,40})$`)
	dateLine       = regexp.MustCompile(`^(?:发布(?:日期|时间)\s*[:：]\s*)?(?:([0-9]{4})\s*[年./-]\s*)?([0-9]{1,2})\s*[月./-]\s*([0-9]{1,2})\s*日?$`)
	hanDateLine    = regexp.MustCompile(`^([〇零○Ｏ一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日$`)
	printedYear    = regexp.MustCompile(`(20[0-9]{2})年`)
	salutation     = regexp.MustCompile(`^[^。；，]{2,40}[:：]$`)
	greeted        = regexp.MustCompile(`^(尊敬的|各|全(县|市|区|镇|乡|村|体|街道)|广大|致|亲爱的)|(居民|用户|家长|市民|单位|村民|业主|朋友们?|住户|群众|水户|老师|同志)(们)?[:：]$`)
	// formula says nothing of its own.
	formula = regexp.MustCompile(`^(现[将就]?\p{Han}{0,24}如下[：:。]|[^。]{0,24}不便[^。]{0,8}谅解|敬请\p{Han}{0,8}谅解|特此(公告|通告|通知|说明|告知|函告)|此公告|此通知|请(大家|广大\p{Han}{2,4})?(相互|互相)转告)[。！]?$`)
	// announcing ends a sentence with that more follows.
	announcing = regexp.MustCompile(`[，；]现[将就]?\p{Han}{0,24}如下[：:。]$`)
	words      = regexp.MustCompile(`公告|通告|通知|公示|告知书|公开信|通报|提示|倡议书`)
)

// page is a text taken apart by its lines.
type page struct {
	headline, publisher, issuer string
	date                        string // as printed, in a line of its own
	report                      bool   // a paper's
	body                        []string
}

// readPage takes headline, salutation and signature from the body.
func readPage(text string) page {
	lines := rejoin(strings.FieldsFunc(strings.ReplaceAll(text, "\r", "\n"), func(r rune) bool { return r == '\n' }))
	var p page
	var body []string
	for _, l := range lines {
		switch m := sourceLine.FindStringSubmatch(l); {
		case m != nil:
			p.publisher = m[1]
		case p.headline == "" && len(body) == 0 && !dateLine.MatchString(l):
			p.headline = strings.TrimRight(l, "。")
		case len(body) == 0 && !p.report && continuesHeadline(p.headline, l):
			p.headline += l
		case isDateLine(l):
			p.date = l
		case len(body) == 0 && salutation.MatchString(l) && greeted.MatchString(l):
		case formula.MatchString(l):
		default:
			if m := report.FindStringSubmatch(l); m != nil && len(body) == 0 {
				p.report, p.publisher = true, m[1]
				l = reporter.ReplaceAllString(l, "")
				l = strings.TrimPrefix(strings.TrimPrefix(l, m[0]), "：")
			}
			body = append(body, l)
		}
	}
	// Who signs stands last, alone on its line.
	for len(body) > 1 && office.MatchString(body[len(body)-1]) {
		p.issuer = strings.TrimSpace(body[len(body)-1])
		body = body[:len(body)-1]
	}
	p.body = body
	return p
}

func isDateLine(l string) bool {
	return dateLine.MatchString(narrowDigits(l)) || hanDateLine.MatchString(l)
}

// continuesHeadline reports whether a headline was broken in two: it names no kind of notice yet, and the next line ends it.
func continuesHeadline(headline, l string) bool {
	return headline != "" && !words.MatchString(headline) && utf8.RuneCountInString(l) < 30 &&
		regexp.MustCompile(`(公告|通告|通知|公示|公开信)$`).MatchString(l)
}

// rejoin undoes the line breaks of a page's layout: a long line that ends within a sentence goes on in the next.
func rejoin(lines []string) (all []string) {
	const whole = 18
	open := false
	for _, l := range lines {
		l = strings.TrimFunc(l, func(r rune) bool { return r == ' ' || r == '\t' || r == '\u3000' || r == '\u00a0' })
		if l == "" {
			continue
		}
		if open && numbering.FindString(l) == "" && !isDateLine(l) && !office.MatchString(l) {
			all[len(all)-1] += l
		} else {
			all = append(all, l)
		}
		last, _ := utf8.DecodeLastRuneInString(l)
		ended := strings.ContainsRune("。！？；：:!?;”）)", last)
		open = len(all) > 1 && !ended && (strings.ContainsRune("，、,", last) || utf8.RuneCountInString(l) >= whole && !office.MatchString(l) && !isDateLine(l))
	}
	return all
}

// readHeader fills in the front matter, and notes what was guessed.
func (n *Notice) readHeader(p page, src Source) {
	n.Headline = p.headline
	n.Word = wordOf(p.headline)
	if p.report {
		n.Word = "消息"
	}
	n.Issuer = p.issuer
	if m := officeInHeadline.FindStringSubmatch(p.headline); n.Issuer == "" && m != nil {
		n.Issuer = m[1]
	}
	if n.Issuer == "" && len(p.body) > 0 {
		if m := officeInReport.FindStringSubmatch(fullDate.ReplaceAllString(p.body[0], "")); m != nil {
			n.Issuer = m[1]
			n.doubt("发布机关是从第一段里找到的：“" + m[1] + "”，请核对")
		}
	}
	if n.Issuer == "" {
		n.Issuer = src.Area
		n.doubt("没有找到发布机关：暂写“" + src.Area + "”，请改正")
	}
	switch {
	case src.Publisher != "":
		n.Publisher = src.Publisher
	case p.publisher != "":
		n.Publisher = p.publisher
	default:
		n.Publisher = n.Headline
		n.doubt("没有找到刊登的地方：暂写公告的标题，请改成报纸、网站或公告栏的名称")
	}
	n.readDate(p, src)
}

func wordOf(headline string) string {
	all := words.FindAllString(headline, -1)
	if len(all) == 0 {
		return "公告"
	}
	return all[len(all)-1]
}

// readDate takes the date of the signature, else the first of the text. A year that it does not print is that of the text, else the present one.
func (n *Notice) readDate(p page, src Source) {
	text := strings.Join(append([]string{p.headline}, p.body...), "\n")
	year := src.Today.Year
	printed := printedYear.FindStringSubmatch(narrowDigits(text))
	if printed != nil {
		year = atoi(printed[1])
	}
	if m := hanDateLine.FindStringSubmatch(p.date); m != nil {
		n.Date = content.Date{Year: hanNumber(m[1]), Month: time.Month(hanNumber(m[2])), Day: hanNumber(m[3])}
		return
	}
	m := dateLine.FindStringSubmatch(narrowDigits(p.date))
	if m == nil {
		m = fullDate.FindStringSubmatch(narrowDigits(strings.Join(p.body, "\n")))
		if m != nil && !p.report {
			n.doubt("没有找到落款日期：暂用正文里的第一个日期，请核对")
		}
	}
	if m == nil {
		n.Date, n.YearInferred = src.Today, true
		n.doubt("没有找到日期：暂写今天，请改正")
		return
	}
	if m[1] != "" {
		year = atoi(m[1])
	} else {
		n.YearInferred = true
		n.doubt("日期没有写年份：推定为" + strconv.Itoa(year) + "年，请核对")
	}
	d, ok := civil(year, atoi(m[2]), atoi(m[3]))
	if !ok {
		d = src.Today
		n.doubt("日期“" + m[0] + "”不存在：暂写今天，请改正")
	}
	n.Date = d
}

func (n *Notice) doubt(text string) { n.Doubts = append(n.Doubts, text) }

// hanNumber reads 二〇三〇 digit by digit, and 十二 or 三十 by tens.
func hanNumber(s string) int {
	total, digit := 0, 0
	for _, r := range s {
		if r == '十' {
			total, digit = total+max(digit, 1)*10, 0
			continue
		}
		d := strings.IndexRune("〇一二三四五六七八九", r) / 3
		if strings.ContainsRune("零○Ｏ", r) {
			d = 0
		}
		if utf8.RuneCountInString(s) == 4 {
			total = total*10 + d
		} else {
			digit = d
		}
	}
	return total + digit
}
