package residents

import (
	"errors"
	"net/http"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
	"towncrier/roster"
)

func registerPerson(k *page.Kit) {
	k.Handle("GET /desk/residents/{id}", showPerson, get, listTexts, change, erase, prefer)
	k.Handle("GET /desk/residents/new", askNew, create, listCommittees)
	k.Handle("POST /desk/residents/new", doNew, create, listCommittees)
	k.Handle("GET /desk/residents/{id}/change", askChange, change, get, listCommittees)
	k.Handle("POST /desk/residents/{id}/change", doChange, change, get, listCommittees)
	k.Handle("GET /desk/residents/{id}/consent", askConsent, change, get)
	k.Handle("POST /desk/residents/{id}/consent", doConsent, change, get)
	k.Handle("GET /desk/residents/{id}/prefer", askPrefer, prefer, get)
	k.Handle("POST /desk/residents/{id}/prefer", doPrefer, prefer, get)
	k.Handle("GET /desk/residents/{id}/erase", askErase, erase, get)
	k.Handle("POST /desk/residents/{id}/erase", doErase, erase, get)
	k.Says("resident-changed", "已改正。")
	k.Says("consent-noted", "已登记同意。")
	k.Says("preference-noted", "已记下居民的选择，马上生效。")
}

func personPath(id string) string { return home + "/" + id }

// personPage is all that is known of a resident.
type personPage struct {
	wire.Resident
	Facts            []fact
	Agreed, Chosen   []fact
	Texts            []wire.SentMessage
	MayChange, Erase bool
}

// fact is a line about a resident.
type fact struct{ Name, Value, Small string }

var sources = map[string]string{"import": "来自导入", "staff": "工作人员登记", "chat": "居民在微信里填的"}

func showPerson(v *page.Visit) (page.Result, error) {
	r, err := get.Do(v, api.ResidentInput{ID: v.Path("id")})
	if err != nil {
		return nil, err
	}
	texts, err := listTexts.Do(v, api.ListTextsInput{ID: r.ID})
	if err != nil {
		return nil, err
	}
	data := personPage{Resident: r, Texts: texts.Items, MayChange: v.May(change), Erase: v.May(erase), Agreed: consentsOf(r), Chosen: choicesOf(r)}
	data.Facts = []fact{
		{"手机号", or(r.Phone, "没有"), sources[r.PhoneFrom]},
		{"微信", map[bool]string{true: "已关注公众号", false: "没有关注"}[r.WeChat], ""},
		{"居委会", or(placeOf(r), "没有"), sources[r.PlaceFrom]},
		{"小区", or(r.Community, "没有写"), ""},
		{"标签", or(strings.Join(r.Tags, "、"), "没有"), ""},
		{"登记于", page.When(r.CreatedAt), ""},
		{"最近改动", page.When(r.UpdatedAt), ""},
	}
	return v.Show(page.Page{Title: "居民 " + nameOf(r), Name: "residents/person", Nav: home, Crumbs: crumbs(page.Crumb{Label: nameOf(r)}), Data: data})
}

func or(text, none string) string {
	if text == "" {
		return none
	}
	return text
}

// nameOf is what a resident is called here: nobody's name is kept.
func nameOf(r wire.Resident) string { return or(r.Phone, "微信居民") }

func placeOf(r wire.Resident) string {
	if r.CommitteeName != "" {
		return r.CommitteeName + "（" + r.Committee + "）"
	}
	return r.Committee
}

func consentsOf(r wire.Resident) (all []fact) {
	for _, c := range r.Consents {
		all = append(all, fact{roster.ConsentLabel(c.What), "依据：" + roster.Basis(c.Basis).Label() + "，凭据：" + roster.HowLabel(c.How), page.When(c.At)})
	}
	return all
}

func choicesOf(r wire.Resident) (all []fact) {
	if r.SMSStopped {
		all = append(all, fact{"短信", "号码的主人已退订", "只有本人再次同意，或者查明是误退订，才能恢复"})
	}
	for _, p := range r.Preferences {
		topic, channel := or(or(p.TopicName, p.Topic), "所有主题"), or(roster.Channel(p.Channel).Label(), "所有渠道")
		all = append(all, fact{topic + "，" + channel, map[bool]string{true: "接收", false: "不接收"}[p.Wants], page.When(p.At)})
	}
	return all
}

// personForm is a form about one resident; Resident is empty for a new one.
type personForm struct {
	page.Form
	wire.Resident
	Name       string
	Committees []page.Choice
	Own        bool // the person keeps one committee's residents only
}

// form is a page with a form about the resident that the address names.
func form(v *page.Visit, title, name string, more ...func(*page.Visit, *page.Form)) (page.Page, *personForm, error) {
	r, err := get.Do(v, api.ResidentInput{ID: v.Path("id")})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &personForm{Form: v.NewForm(more...), Resident: r, Name: nameOf(r), Own: v.Person.Committee != ""}
	return page.Page{Title: title + "：" + nameOf(r), Name: "residents/" + name, Nav: home,
		Crumbs: crumbs(page.Crumb{Label: nameOf(r), Path: personPath(r.ID)}, page.Crumb{Label: title}), Data: data}, data, nil
}

// notFound puts a refusal that nobody is there beside a field.
func notFound(err error, field string) error {
	if r, ok := errors.AsType[*api.Refusal](err); ok && r.Status == http.StatusNotFound {
		return &page.FieldError{Field: field, Text: r.Detail}
	}
	return err
}

func askNew(v *page.Visit) (page.Result, error) {
	p, data, err := newPage(v)
	if err != nil {
		return nil, err
	}
	data.Set("basis", "consent")
	data.Set("what", "notices")
	data.Set("how", "paper")
	data.Set("committee", v.Person.Committee)
	return v.Show(p)
}

func newPage(v *page.Visit) (page.Page, *personForm, error) {
	data := &personForm{Form: v.NewForm(), Own: v.Person.Committee != ""}
	var err error
	data.Committees, err = committeeChoices(v, "没有")
	return page.Page{Title: "登记一位居民", Name: "residents/new", Nav: home, Crumbs: crumbs(page.Crumb{Label: "登记"}), Data: data}, data, err
}

func doNew(v *page.Visit) (page.Result, error) {
	consent, err := consentIn(v)
	var r wire.Resident
	if err == nil {
		r, err = create.Do(v, api.Body[wire.CreateResident]{Body: wire.CreateResident{Phone: v.Form.Get("phone"), Committee: v.Form.Get("committee"),
			Community: v.Form.Get("community"), Tags: tagsIn(v), Consents: []wire.Consent{consent}}})
	}
	if err == nil {
		return page.See(personPath(r.ID) + "?done=resident-added"), nil
	}
	p, data, again := newPage(v)
	if again != nil {
		return nil, again
	}
	p.Fields = consentFields(v)
	return v.Again(p, &data.Form, err)
}

// consentFields says where a fault of a consent stands: what is chosen of a list has none, what is written may.
func consentFields(v *page.Visit) map[string]string {
	if v.Form.Get("how") == "other" && v.Form.Get("at") == "" {
		return map[string]string{"body.consents": "how-text"}
	}
	return map[string]string{"body.consents": "at", "body.consents.how": "how-text"}
}

// consentIn is the consent that a form holds.
func consentIn(v *page.Visit) (c wire.Consent, err error) {
	c = wire.Consent{What: v.Form.Get("what"), Basis: v.Form.Get("basis"), How: v.Form.Get("how")}
	if c.How == "other" {
		c.How = strings.TrimSpace(v.Form.Get("how-text"))
		if c.How == "" {
			return c, &page.FieldError{Field: "how-text", Text: "没有写凭据：例如 现场登记表第3页"}
		}
	}
	if day := v.Form.Get("at"); day != "" {
		if c.At, err = dayOf("at", day); err == nil && c.At.After(v.Now()) {
			err = &page.FieldError{Field: "at", Text: "这一天还没有到：请核对日期"}
		}
	}
	return c, err
}

// tagsIn are the tags that a form holds, separated as people do.
func tagsIn(v *page.Visit) []string {
	tags := []string{}
	for tag := range strings.FieldsFuncSeq(v.Form.Get("tags"), func(r rune) bool { return strings.ContainsRune("、,，;；\n", r) }) {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}
