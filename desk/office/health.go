package office

import (
	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

var (
	listAlarms       = page.NewAct[api.Nothing, wire.Page[wire.Alarm]]("list-alarms")
	acknowledgeAlarm = page.NewAct[api.AlarmInput, api.Nothing]("acknowledge-alarm")
	getSettings      = page.NewAct[api.Nothing, wire.Settings]("get-settings")
)

func registerHealth(k *page.Kit) {
	k.Section("/desk/health", getSettings)
	k.Says("acknowledged", "已记下您处理过这个警报。")
	k.Handle("GET /desk/health", health, getSettings, listAlarms)
	k.Handle("POST /desk/health/alarms/{kind}", acknowledge, acknowledgeAlarm)
}

// state is how the system fares, and what it goes by.
type state struct {
	page.Form
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
	return v.Show(page.Page{Title: "状态", Name: "office/health", Nav: "/desk/health",
		Data: state{v.NewForm(), alarms.Items, v.May(acknowledgeAlarm), settings.Settings}})
}

func acknowledge(v *page.Visit) (page.Result, error) {
	if _, err := acknowledgeAlarm.Do(v, api.AlarmInput{Kind: v.Path("kind")}); err != nil {
		return nil, err
	}
	return page.See("/desk/health?done=acknowledged"), nil
}
