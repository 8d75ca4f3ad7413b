package desk

import (
	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

var (
	myNotices     = page.NewAct[api.Nothing, wire.Page[wire.NoticeKind]]("get-my-notices")
	chooseNotices = page.NewAct[api.Body[wire.ChooseNotices], wire.Page[wire.NoticeKind]]("choose-my-notices")
)

func registerNotices(k *page.Kit) {
	k.Says("notices-chosen", "已保存要在微信里提醒您的事。")
	k.Handle("POST /desk/me/notices", chooseWhatToHear, chooseNotices)
}

// noticesOf are the kinds to choose from, those ticked in the form that somebody hears of.
func noticesOf(v *page.Visit, form *page.Form) (all []page.Choice, err error) {
	kinds, err := myNotices.Do(v, api.Nothing{})
	var wanted []string
	for _, k := range kinds.Items {
		all = append(all, page.Choice{Value: k.Kind, Label: k.Label, Hint: k.Hint})
		if k.Wanted {
			wanted = append(wanted, k.Kind)
		}
	}
	form.Set("wanted", wanted...)
	return all, err
}

func chooseWhatToHear(v *page.Visit) (page.Result, error) {
	wanted := append([]string{}, v.Form["wanted"]...)
	if _, err := chooseNotices.Do(v, api.Body[wire.ChooseNotices]{Body: wire.ChooseNotices{Wanted: wanted}}); err != nil {
		return nil, err
	}
	return page.See("/desk/me?done=notices-chosen"), nil
}
