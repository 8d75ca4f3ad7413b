package bot

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"towncrier/intents"
	"towncrier/roster"
)

// Home is where a resident may live, while that is being asked.
type Home struct {
	Committee string  `json:"committee,omitempty"` // whose communities are on the screen, or whose QR code was scanned
	From      int     `json:"from,omitempty"`      // index of the first community on the screen
	Found     []Place `json:"found,omitempty"`     // what a name may mean, as numbered on the screen
}

// Place is a committee by its code, or one of its communities.
type Place struct {
	Committee string `json:"committee"`
	Community string `json:"community,omitempty"`
}

// place asks where the resident lives, or takes it from the message.
func (x *exchange) place(s draft) draft {
	all, ok := x.places(&s)
	if !ok {
		return s
	}
	if removing.MatchString(x.key) {
		return x.clearPlace(s)
	}
	if found := called(all, x.said); len(found) > 0 {
		return x.placed(s, all, found)
	}
	if found := sounding(all, x.said); len(found) > 0 {
		return x.which(s, all, found)
	}
	s.Kind = Flowing
	x.open(nil, false)
	x.st.Step, x.st.Home = StepPlace, Home{}
	return s
}

// places are the committees; when there are none, or none can be read, s says so.
func (x *exchange) places(s *draft) (all []roster.Committee, ok bool) {
	if x.bot.cfg.Roster == nil {
		s.Text = x.say("no_roster")
		return nil, false
	}
	all, err := x.bot.cfg.Roster.Places(x.ctx)
	switch {
	case err != nil:
		x.fault("committees are not read", err)
		s.Text = x.say("later")
	case len(all) == 0:
		s.Text = x.say("no_places")
	}
	return all, err == nil && len(all) > 0
}

// placed decides on the one place that was found, or asks which of several.
func (x *exchange) placed(s draft, all []roster.Committee, found []Place) draft {
	if len(found) == 1 {
		return x.setPlace(s, all, found[0])
	}
	return x.which(s, all, found)
}

// which asks which of the places that were found is meant.
func (x *exchange) which(s draft, all []roster.Committee, found []Place) draft {
	x.open(nil, false)
	x.st.Step, x.st.Home = StepPlace, Home{Found: found[:min(len(found), maxRows)]}
	s.Kind, s.Text, s.lead = Flowing, x.say("which_row"), ""
	if len(found) == 1 {
		s.Text = x.say("is_it_place")
	}
	for i, p := range x.st.Home.Found {
		s.Text += "\n" + strconv.Itoa(i+1) + ". " + placeName(all, p)
	}
	if len(found) > maxRows {
		s.tail = x.say("more_of_name")
	}
	return s
}

// setPlace records a place; of a committee that serves several communities it then asks which.
func (x *exchange) setPlace(s draft, all []roster.Committee, p Place) draft {
	x.st.Home = Home{}
	c, ok := committee(all, p.Committee)
	if !ok || p.Community != "" && !slices.Contains(c.Communities, p.Community) { // deleted in the meantime
		x.st.Step = StepPlace
		s.Kind, s.Text = Flowing, x.say("place_unknown")
		return s
	}
	if len(c.Communities) == 1 {
		p.Community = c.Communities[0]
	}
	if err := x.bot.cfg.Roster.SetPlace(x.ctx, x.msg.From, p.Committee, p.Community); err != nil {
		x.fault("place is not recorded", err)
		s.Text = x.say("not_noted")
		return s
	}
	x.done = true
	s.lead = ""
	if p.Community == "" && len(c.Communities) > 1 {
		s.Kind, s.Text = Flowing, x.say("committee_noted", c.Name)+x.communities(c, 0)
		return s
	}
	s.Text = x.say("placed", placeName(all, p))
	x.st.Step = StepPlaced
	return s
}

// removing is how residents take back where they live: 取消小区登记, 把我的小区删掉.
var removing = regexp.MustCompile(`(?:取消|删除?|去掉|撤销|清空)掉?(?:我)?(?:登记|填|选|住)?的?(?:小区|社区|住址|住处)|(?:小区|社区|住址|住处)(?:的?登记)?(?:给我)?(?:取消|删|去掉|撤销|清空)`)

func (x *exchange) clearPlace(s draft) draft {
	if s.Text = x.say("not_noted"); x.bot.cfg.Roster.SetPlace(x.ctx, x.msg.From, "", "") == nil {
		x.done = true
		s.Text = x.say("unplaced")
	}
	return s
}

// communities shows a page of what a committee serves.
func (x *exchange) communities(c roster.Committee, from int) string {
	x.open(nil, false)
	x.st.Step, x.st.Home = StepPlace, Home{Committee: c.Code, From: from}
	var b strings.Builder
	page := c.Communities[from:min(from+maxRows, len(c.Communities))]
	for i, name := range page {
		b.WriteString("\n" + strconv.Itoa(i+1) + ". " + name)
	}
	if from+len(page) < len(c.Communities) {
		return b.String() + "\n\n" + x.say("more_communities")
	}
	return b.String() + "\n\n" + x.say("no_community")
}

// placing takes a name, or a number off the screen.
func (x *exchange) placing() (draft, bool) {
	home := x.st.Home
	x.st.Home = Home{}
	if _, number := choice(x.key, len(x.st.Menu)); number && len(x.st.Menu) > 0 {
		return draft{}, false // off the menu of an aside
	}
	s := x.flow(intents.Place, "")
	all, ok := x.places(&s)
	if !ok {
		return s, true
	}
	again := func(text string) (draft, bool) {
		x.st.Step, x.st.Home = StepPlace, home
		s.Text = text
		return s, true
	}
	c, _ := committee(all, home.Committee)
	size := len(home.Found)
	if home.Committee != "" {
		home.From = min(home.From, len(c.Communities)) // the list may have changed
		size = min(maxRows, len(c.Communities)-home.From)
	}
	i, number := choice(x.key, size)
	switch {
	case len(home.Found) == 1 && saysYes(x.key) && !isFiller(x.key):
		return x.setPlace(s, all, home.Found[0]), true
	case saysElse(x.key), among(x.key, "不是这个", "不对", "选错", "错", "不是"):
		home = Home{}
		return again(x.say("which_place"))
	case number && i >= 0 && home.Committee != "":
		return x.setPlace(s, all, Place{home.Committee, c.Communities[home.From+i]}), true
	case number && i >= 0:
		return x.setPlace(s, all, home.Found[i]), true
	case number && size > 0, size > 0 && saysYes(x.key):
		return again(x.say("out_of_range"))
	case home.Committee != "" && saysMore(x.key):
		if home.From += maxRows; home.From >= len(c.Communities) {
			home.From = 0
		}
		s.Text = x.say("communities") + x.communities(c, home.From)
		return s, true
	case home.Committee != "" && (saysNoneOfThese(x.key) || saysSkip(x.key) || saysNo(x.key)):
		s.Text = x.say("committee_only")
		return s, true
	case saysNoneOfThese(x.key):
		home = Home{}
		return again(x.say("place_unknown"))
	case saysCancel(x.key), saysNo(x.key), saysSkip(x.key):
		return x.flow(intents.Place, x.say("unchanged")), true
	}
	if found := called(all, x.said); len(found) > 0 {
		if here := slices.DeleteFunc(slices.Clone(found), func(p Place) bool { return p.Committee != home.Committee }); len(here) == 1 {
			found = here
		}
		return x.placed(s, all, found), true
	}
	if found := sounding(all, x.said); len(found) > 0 {
		return x.which(s, all, found), true
	}
	if in := x.sureOf(); in != nil && in.Action == intents.Place { // 选小区, once more
		home = Home{}
		return again(x.say("which_place"))
	}
	n, _ := letters(x.said)
	switch {
	case (!x.asksElsewhere(intents.Place) || x.onlyNames()) && n >= 2 && n <= maxPlaceText && !looksAsked(x.said) && !x.again:
		return again(x.say("place_unknown"))
	case x.again:
		return draft{}, false // reminded once already
	}
	return x.aside(StepPlace), true
}

// replaced takes back a place that was just recorded.
func (x *exchange) replaced() (draft, bool) {
	if !saysElse(x.key) && !among(x.key, "不是这个", "不对", "选错", "错", "不是", "不是这个小区", "不是我们小区", "重新选", "我要重新选", "改一下") {
		return draft{}, false
	}
	x.open(nil, false)
	x.st.Step = StepPlace
	return x.flow(intents.Place, x.say("which_place")), true
}

// introducing is how residents say where they live without being asked: 我是中城社区的, 俺家住二号院.
var introducing = regexp.MustCompile(`^(?:我|俺|额|我们|俺们|咱)(?:家)?(?:是|在|住|住在|是住在|家在|家住)[^,，。.!！?？]{2,20}$`)

// introduced offers to record a place that the message does nothing but name. The list of committees decides whether it is
// one: 我是党员 is none.
func (x *exchange) introduced() (draft, bool) {
	if x.bot.cfg.Roster == nil || x.byAction(intents.Place) == nil || !introducing.MatchString(x.key) || looksAsked(x.said) {
		return draft{}, false
	}
	all, err := x.bot.cfg.Roster.Places(x.ctx)
	if err != nil {
		x.fault("committees are not read", err)
		return draft{}, false
	}
	found := called(all, x.said)
	if len(found) == 0 {
		return draft{}, false
	}
	return x.placed(x.flow(intents.Place, ""), all, found), true
}

const committeeScene = "committee:"

// invite asks whether the resident belongs to the committee whose QR code led here. Nothing is recorded before their yes:
// the code hangs where visitors pass, too.
func (x *exchange) invite(scene string) (draft, bool) {
	code, ok := strings.CutPrefix(strings.TrimSpace(scene), committeeScene)
	if !ok || x.bot.cfg.Roster == nil {
		return draft{}, false
	}
	all, err := x.bot.cfg.Roster.Places(x.ctx)
	if err != nil {
		x.fault("committees are not read", err)
		return x.flow(intents.Place, x.say("scan_later")), true
	}
	c, ok := committee(all, code)
	if !ok {
		return x.flow(intents.Place, x.say("scan_old")), true
	}
	x.open(nil, false)
	x.st.Step, x.st.Home = StepNeighbour, Home{Committee: c.Code}
	return x.flow(intents.Place, x.say("neighbour", c.Name)), true
}

// invited takes the answer to invite.
func (x *exchange) invited() (draft, bool) {
	code := x.st.Home.Committee
	x.st.Home = Home{}
	switch {
	case saysYes(x.key) && !isFiller(x.key), among(x.key, "我是", "是我", "我就是"):
		s := x.flow(intents.Place, "")
		if all, ok := x.places(&s); ok {
			return x.setPlace(s, all, Place{Committee: code}), true
		}
		return s, true
	case saysNo(x.key), among(x.key, "不是", "我不是", "不是的"):
		return x.flow(intents.Place, x.say("not_neighbour")), true
	}
	return draft{}, false
}

func committee(all []roster.Committee, code string) (roster.Committee, bool) {
	i := slices.IndexFunc(all, func(c roster.Committee) bool { return c.Code == code })
	if i < 0 {
		return roster.Committee{}, false
	}
	return all[i], true
}

// placeName is a community with its committee, or a committee with its street.
func placeName(all []roster.Committee, p Place) string {
	c, _ := committee(all, p.Committee)
	switch {
	case p.Community != "":
		return p.Community + "（" + c.Name + "）"
	case c.Street != "":
		return c.Name + "（" + c.Street + "）"
	}
	return c.Name
}

var (
	// living leads to a name, or follows it: 我是…的居民.
	living   = regexp.MustCompile(`^(?:我们?|俺们?|额们?|咱们?|家|住家?|是|在|到|现在|属于|登记|选择?|改成|换成|换到|搬到了?|搬去|的|叫|小区|社区|[:：,，])+|(?:的|居民|业主|住户|人|那儿|这儿|那边|这边|里面?|了|呢|啊|吧|哦|嘛|[。.!！,，])+$`)
	office   = regexp.MustCompile(`(?:居民委员会|村民委员会|居委会|村委会)$`)
	kindName = regexp.MustCompile(`(?:社区居民委员会|社区居委会|居民委员会|村民委员会|居委会|村委会|社区|小区|家属院|生活区)$`)
)

const maxPlaceText = 24 // letters of a message in which a name is looked for

// sounding are the places whose name sounds like what a text calls one: 象杨小区, xiang yang.
func sounding(all []roster.Committee, text string) []Place {
	name := living.ReplaceAllString(fold(text), "")
	short := kindName.ReplaceAllString(name, "")
	if n, _ := letters(name); n < 2 || n > 2*maxPlaceText { // pinyin is longer
		return nil
	}
	var whole, part []Place
	look := func(full string, p Place) {
		switch {
		case intents.SoundsLike(full, name):
			whole = append(whole, p)
		case intents.SoundsLike(kindName.ReplaceAllString(full, ""), short):
			part = append(part, p)
		}
	}
	for _, c := range all {
		look(c.Name, Place{Committee: c.Code})
		for _, name := range c.Communities {
			look(name, Place{c.Code, name})
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return part
}

// onlyNames reports whether the message is nothing but the name of an estate that some topic could look up.
func (x *exchange) onlyNames() bool {
	all, _ := letters(x.said)
	for _, v := range x.city.Matcher.Match(x.said, intents.Context{}).Slots {
		if name, _ := letters(v.Text); all <= name+2 {
			return true
		}
	}
	return false
}

// called are the places that a text names: those whose name it is, else whose full names it holds, else whose names hold it,
// else whose short names it holds.
func called(all []roster.Committee, text string) []Place {
	words := fold(text)
	if n, _ := letters(words); n < 2 || n > maxPlaceText {
		return nil
	}
	name := living.ReplaceAllString(words, "")
	if n, _ := letters(name); n < 2 {
		name = ""
	}
	type hit struct {
		place Place
		level int // the lower the better
		size  int // of the name that was found
	}
	var hits []hit
	look := func(full string, p Place) {
		full = fold(full)
		base := kindName.ReplaceAllString(full, "")
		short := kindName.ReplaceAllString(name, "")
		n, _ := letters(base)
		switch {
		case full == words || full == name || p.Community == "" && office.ReplaceAllString(full, "") == name:
			hits = append(hits, hit{p, 0, 0})
		case n >= 2 && (base == name || base == short):
			hits = append(hits, hit{p, 1, 0})
		case strings.Contains(words, full):
			hits = append(hits, hit{p, 2, len(full)})
		case len([]rune(short)) >= 2 && strings.Contains(base, short):
			hits = append(hits, hit{p, 3, 0})
		case n >= 2 && strings.Contains(words, base):
			hits = append(hits, hit{p, 4, len(base)})
		}
	}
	for _, c := range all {
		look(c.Name, Place{Committee: c.Code})
		for _, name := range c.Communities {
			look(name, Place{c.Code, name})
		}
	}
	if len(hits) == 0 {
		return nil
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(b.size, a.size)) })
	var found []Place
	for _, h := range hits {
		if h.level == hits[0].level && h.size == hits[0].size {
			found = append(found, h.place)
		}
	}
	return found
}
