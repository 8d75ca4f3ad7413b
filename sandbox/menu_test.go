package sandbox_test

import "towncrier/wechat"

func menuOfTest() []wechat.Button {
	return []wechat.Button{
		{Name: "问一问", Sub: []wechat.Button{
			{Name: "养犬登记", Key: "topic:dog.registration.pilot"}, {Name: "充电车棚", Key: "topic:charging.carport"},
			{Name: "旧改进展", Key: "topic:renovation.progress"},
		}},
		{Name: "提意见", Key: "topic:suggest.submit"},
		{Name: "关于", Sub: []wechat.Button{{Name: "能问什么", Key: "topic:chat.help"}, {Name: "答案从哪来", Key: "topic:chat.source"}}},
	}
}
