package office

import (
	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

var (
	listAlarms       = page.NewAct[api.Nothing, wire.Page[wire.Alarm]]("list-alarms")
	acknowledgeAlarm = page.NewAct[api.AlarmInput, api.Nothing]("acknowledge-alarm")
	listChecks       = page.NewAct[api.Nothing, wire.Page[wire.Check]]("list-checks")
	getSettings      = page.NewAct[api.Nothing, wire.Settings]("get-settings")
)

func registerHealth(k *page.Kit) {
	k.Section("/desk/health", getSettings)
	k.Says("acknowledged", "已记下您处理过这个警报。")
	k.Handle("GET /desk/health", health, getSettings, listAlarms, listChecks)
	k.Handle("POST /desk/health/alarms/{kind}", acknowledge, acknowledgeAlarm)
}

// state is how the system fares, and what it goes by.
type state struct {
	page.Form
	Wrong    []wire.Check // of Checks
	Checks   []wire.Check
	Alarms   []wire.Alarm
	May      bool // acknowledge
	Settings []wire.Setting
}

func health(v *page.Visit) (page.Result, error) {
	alarms, err := listAlarms.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	settings, err := getSettings.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	checks, err := listChecks.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	data := state{Form: v.NewForm(), Checks: checks.Items, Alarms: alarms.Items, May: v.May(acknowledgeAlarm), Settings: settings.Settings}
	for _, c := range checks.Items {
		if !c.OK {
			data.Wrong = append(data.Wrong, c)
		}
	}
	return v.Show(page.Page{Title: "状态", Name: "office/health", Nav: "/desk/health", Data: data})
}

func acknowledge(v *page.Visit) (page.Result, error) {
	if _, err := acknowledgeAlarm.Do(v, api.AlarmInput{Kind: v.Path("kind")}); err != nil {
		return nil, err
	}
	return page.See("/desk/health?done=acknowledged"), nil
}
