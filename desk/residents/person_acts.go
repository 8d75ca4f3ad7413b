package residents

import (
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

func changePage(v *page.Visit) (page.Page, *personForm, error) {
	p, data, err := form(v, "更正", "change")
	if err == nil {
		data.Committees, err = committeeChoices(v, "没有")
	}
	return p, data, err
}

func askChange(v *page.Visit) (page.Result, error) {
	p, data, err := changePage(v)
	if err != nil {
		return nil, err
	}
	data.Set("committee", data.Committee)
	data.Set("community", data.Community)
	data.Set("tags", strings.Join(data.Tags, "、"))
	return v.Show(p)
}

// doChange changes what the form says otherwise than it did when it was opened.
func doChange(v *page.Visit) (page.Result, error) {
	body := wire.ChangeResident{}
	changed := func(field string) bool { return v.Form.Get(field) != v.Form.Get("was-"+field) }
	text := func(field string) *string {
		value := strings.TrimSpace(v.Form.Get(field))
		return &value
	}
	if changed("committee") {
		body.Committee = text("committee")
	}
	if changed("community") || changed("committee") {
		body.Community = text("community")
	}
	if changed("tags") {
		tags := tagsIn(v)
		body.Tags = &tags
	}
	if *text("phone") != "" {
		body.Phone = text("phone")
	}
	if v.Form.Get("no-phone") != "" {
		none := ""
		body.Phone = &none
	}
	_, err := change.Do(v, api.ChangeResidentInput{ID: v.Path("id"), Body: body})
	if err == nil {
		return page.See(personPath(v.Path("id")) + "?done=resident-changed"), nil
	}
	p, data, again := changePage(v)
	if again != nil {
		return nil, again
	}
	return v.Again(p, &data.Form, err)
}

func askConsent(v *page.Visit) (page.Result, error) {
	p, data, err := form(v, "登记同意", "consent")
	if err != nil {
		return nil, err
	}
	data.Set("what", "notices")
	data.Set("basis", "consent")
	data.Set("how", "paper")
	return v.Show(p)
}

func doConsent(v *page.Visit) (page.Result, error) {
	consent, err := consentIn(v)
	if err == nil {
		_, err = change.Do(v, api.ChangeResidentInput{ID: v.Path("id"), Body: wire.ChangeResident{Consents: []wire.Consent{consent}}})
	}
	if err == nil {
		return page.See(personPath(v.Path("id")) + "?done=consent-noted"), nil
	}
	p, data, again := form(v, "登记同意", "consent")
	if again != nil {
		return nil, again
	}
	p.Fields = consentFields(v)
	return v.Again(p, &data.Form, err)
}

func askPrefer(v *page.Visit) (page.Result, error) {
	p, data, err := form(v, "接收和退订", "prefer")
	if err != nil {
		return nil, err
	}
	data.Set("wants", "no")
	data.Set("channel", "sms")
	return v.Show(p)
}

func doPrefer(v *page.Visit) (page.Result, error) {
	_, err := prefer.Do(v, api.PreferenceInput{ID: v.Path("id"), Body: wire.SetPreference{
		Topic: strings.TrimSpace(v.Form.Get("topic")), Channel: v.Form.Get("channel"), Wants: v.Form.Get("wants") == "yes"}})
	if err == nil {
		return page.See(personPath(v.Path("id")) + "?done=preference-noted"), nil
	}
	p, data, again := form(v, "接收和退订", "prefer")
	if again != nil {
		return nil, again
	}
	return v.Again(p, &data.Form, err)
}

func erasePage(v *page.Visit) (page.Page, *personForm, error) {
	return form(v, "删除", "erase", page.Subject(v.Path("id")))
}

func askErase(v *page.Visit) (page.Result, error) {
	p, _, err := erasePage(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doErase(v *page.Visit) (page.Result, error) {
	var err error
	if strings.TrimSpace(v.Form.Get("sure")) != "删除" {
		err = &page.FieldError{Field: "sure", Text: "请写“删除”两个字"}
	}
	if err == nil {
		err = v.StepUp(v.Path("id"))
	}
	if err == nil {
		_, err = erase.Do(v, api.ResidentInput{ID: v.Path("id")})
	}
	if err == nil {
		return page.See(home + "?done=resident-erased"), nil
	}
	p, data, again := erasePage(v)
	if again != nil {
		return nil, again
	}
	return v.Again(p, &data.Form, err)
}
