package bot

import "towncrier/roster"

// Everything that the bot says of itself, in any city. What a city says is in its content folder; what a resident
// wrote is in neither, so it can never be repeated.
const (
	sayIsIt       = "您想问的是不是："
	sayMenuOpen   = "您想问的是哪一个？回复序号就行："
	sayMenuHint   = "都不是的话，请换个说法再问一次，或回复“都不是”。"
	sayPlainer    = "对不起，没有说清楚。您想知道的是不是下面这些？想找工作人员，回复“转人工”。"
	sayNoMore     = "已公布的内容，刚才都告诉您了。还可以接着问，回复序号就行："
	sayInstead    = "明白了，换一个。您想问的是不是："
	saySecond     = "您还问到的，是不是："
	sayOtherPart  = "您另外问到的事，已公布的消息里没有查到答案；单独再发一次，可以转给工作人员。"
	sayNearest    = "也许您想问："
	sayOutOfRange = "没有这个序号。请从下面选一个，回复序号就行："
	sayNoMenu     = "现在没有可以选的序号。请直接用一句话写下您想问的事，例如回复“帮助”看看能问什么。"
	sayUnclear    = "对不起，没有理解对。请换个说法，把想问的事用一句话告诉我。"

	sayDeclined    = "抱歉，已公布的消息里没有查到这个问题的答案。"
	sayFiled       = "这个问题已经转给工作人员，有答复会在这里告诉您。要编号，回复“记录”。"
	sayOffer       = "要请工作人员来答，回复“记录”就行，有答复会在这里告诉您。"
	sayAskHelp     = "回复“帮助”，可以看看能问什么。"
	sayStays       = "好的，不用编号。问题已经转给工作人员，有答复仍会在这里告诉您。"
	sayNoOffer     = "好的。您随时可以接着问。"
	sayNothingOpen = "现在没有等着记录的问题。请先写下您想问的事。"
	sayNonsense    = "没有看懂这条消息。请用一句话写下您想问的事。"
	sayAbuse       = "您的心情可以理解。有想问的事，请直接告诉我，我尽力查。"

	sayTicket        = "已登记，编号是%s。有答复会在这里告诉您。"
	sayTrial         = "这里是试用，不登记，也没有编号。"
	sayNotFiled      = "对不起，刚才没有登记成功。请过一会儿再回复“%s”。"
	sayTooManyFiled  = "您最近提交得比较多，工作人员要一件一件看。这次没有登记，请把写的内容留好，过%s再提交一次。急事请拨打政务服务便民热线12345。"
	sayTooManyHanded = "您最近提交得比较多，这次没有再登记转人工，请过%s再试。急事请拨打政务服务便民热线12345。"
	sayHandedOver    = "已为您登记转人工，编号是%s。"
	sayPersonWaits   = "转人工的，请用文字写下要问的事，会一起交给工作人员。"
	sayWithPerson    = "您写的已经交给工作人员，编号是%s。有答复会在这里告诉您。"
	sayNotHanded     = "转人工没有登记成功，请过一会儿再试。"
	sayNotNoted      = "对不起，刚才没有记成，请过一会儿再发一次。"

	sayAgain = "这条回答刚才发过，再发一次给您。没有答到点子上的，回复“转人工”。"

	sayCall      = "有人正在危险中的，请马上拨打：%s。"
	sayNotUrgent = "不是急事的话，请用一句话写下您想问的事。"
	sayPhone     = "%s是%s：%s。"

	saySuggestWhat      = "请写下您的意见：是什么事。随时可以回复“取消”。"
	saySuggestMore      = "请写得再具体一点：是什么事。不想写了，回复“取消”。"
	saySuggestWhere     = "内容收到。是在什么地方？例如小区、路名或单位。说不清就回复“跳过”，不想提了就回复“取消”。"
	saySuggestMoreWhere = "补充的内容收到了。是在什么地方？例如小区、路名或单位。说不清就回复“跳过”，不想提了就回复“取消”。"
	sayConfirm          = "内容和地点都收到了。回复“确认”提交，回复“取消”不提交；要补充，直接写就行。"
	sayConfirmNoPlace   = "内容收到了，没有填地点。回复“确认”提交，回复“取消”不提交；要补充，直接写就行。"
	sayAdded            = "补充的内容收到了。回复“确认”提交，回复“取消”不提交。"
	sayCancelled        = "好的，已取消，什么都没有提交。"
	sayWhereWaits       = "刚才的意见还没有写完：是在什么地方？说不清就回复“跳过”，不想提了就回复“取消”。"
	sayDraftWaits       = "刚才的意见还没有提交：回复“确认”提交，回复“取消”不提交。"

	sayWhichRow = "叫这个名字的不止一个，是哪一个？回复序号就行："

	saySourceOf = "上一条回答依据的是："

	sayVoice    = "收到您的语音了，可惜我还听不懂。请用文字写下来，好吗？"
	sayPicture  = "收到了，可惜我还看不懂图片和视频。请用文字写下您想问的事。"
	sayLocation = "收到您的位置了，可惜我还不能按位置查询。请用文字写下地名和想问的事。"
	sayLink     = "收到链接了，可惜我打不开。请用文字写下您想问的事。"
	sayOther    = "收到了，可惜我看不懂这种消息。请用文字写下您想问的事。"

	saySendAgain = "您刚才发的消息还没有回答，请再发一次。"

	sayNoRoster = "这里还不能登记您的信息和选择，什么都没有记下。"
	sayLater    = "对不起，现在暂时办不了，请过一会儿再试。"
	sayCanNow   = "接下来还可以："

	sayNoBinding      = "这里还不能绑定手机号，请不要把号码发过来。"
	sayAgree          = "看过以后，同意就回复“同意”，不绑定就回复“取消”。"
	sayAgreeWord      = "要继续绑定手机号，请回复“同意”；不绑定，回复“取消”。"
	sayAgreeFirst     = "号码先不用发，刚才的没有保存。同意上面说的用法，请先回复“同意”；不绑定，回复“取消”。"
	sayBoundAlready   = "您已经绑定了%s。一个微信只能绑一个号码，换号码也是照下面办。"
	sayWhichNumber    = "请发您的手机号：11位数字。会往这个号码发一条验证码短信。不绑定了，回复“取消”。"
	sayNoNumber       = "这个号码不对：手机号是11位数字，以13到19开头。请再发一次；不绑定了，回复“取消”。"
	sayManyNumbers    = "您发了不止一个号码。请只发要绑定的那一个。"
	sayLandline       = "这像是固定电话，收不到短信。请发11位的手机号；不绑定了，回复“取消”。"
	sayForeign        = "只能绑定中国内地的手机号：11位数字，以13到19开头。请再发一次；不绑定了，回复“取消”。"
	sayCodeTooEarly   = "现在没有等着核对的验证码。请先发您的手机号：11位数字；不绑定了，回复“取消”。"
	sayNoCodeWaits    = "现在没有等着核对的验证码。要绑定手机号，发“绑定手机号”。"
	sayCode           = "验证码正发往%s，5分钟内有效。收到后，请把6位数字发到这里。号码写错了，直接发对的号码就行。"
	sayTooSoon        = "验证码要得太勤了，请过%s再发手机号；不绑定了，回复“取消”。"
	sayTooSoonCoded   = "验证码要得太勤了，请过%s再发手机号。刚才发出的验证码，5分钟内还能用，绑定的是收到它的那个号码。"
	sayOtherNumber    = "这个验证码不是您写的这个号码收到的，没有绑定。请把要绑定的手机号再发一次；不绑定了，回复“取消”。"
	sayCodeOff        = "这里还没有开通短信，现在不能绑定手机号。号码没有保存。"
	sayNoCode         = "对不起，验证码没有发成。请过一会儿再把手机号发一次；不绑定了，回复“取消”。"
	sayWhichCode      = "请发短信里的6位验证码。没有收到，回复“没收到”；号码写错了，直接发对的号码；不绑定了，回复“取消”。"
	sayTwoCodes       = "您发了不止一个验证码。请只发最新收到的那一个，6位数字。"
	sayWaitCode       = "短信有时要等一会儿，请再等%s。还收不到，请看看有没有被手机拦截。"
	sayCodeAgain      = "还没有收到的话，请看看短信有没有被拦截，再把手机号发一次，会发新的验证码。一小时最多发5次。"
	sayNoMobile       = "没有能收短信的手机，就不用绑定，照样能在这里提问。不绑定了，回复“取消”；有手机，请发11位的手机号。"
	sayNewNumber      = "好的，请发正确的手机号：11位数字。"
	sayWrongCode      = "验证码不对，还可以试%s次。请看最新的那条短信，再发一次6位数字。"
	sayCodeGone       = "这个验证码不能用了：过了5分钟，或者错了太多次。请再把手机号发一次，会发新的验证码；不绑定了，回复“取消”。"
	sayNotChecked     = "对不起，验证码没有核对成，请过一会儿再发一次。"
	sayNotKept        = "对不起，验证码是对的，可是手机号没有存成。请过一会儿发“绑定手机号”，从头再办一次。"
	sayBound          = "绑定好了：%s。换号码，再发“绑定手机号”；要删掉，发“删除我的信息”。"
	sayNotBound       = "好的，这次没有绑定手机号。"
	sayNothingToAgree = "现在没有等着您同意的事。要绑定手机号，发“绑定手机号”；要收通知，发“订阅”。"
	sayBindWaits      = "绑定手机号还没有办完：回复“同意”继续，回复“取消”不绑定。"
	sayNumberWaits    = "绑定手机号还没有办完：请发手机号，或者回复“取消”。"
	sayCodeWaits      = "绑定手机号还没有办完：请发6位验证码，或者回复“取消”。"

	sayNumberHidden = "您发的手机号没有保存，也没有用来绑定。"
	sayDigitsHidden = "您发的那串数字没有保存。请不要在这里发身份证号、银行卡号和别人的电话号码。"
	sayHowToBind    = "要收短信通知，请发“绑定手机号”，会先说明怎么使用。"

	sayTextsAgain      = "好的，又可以给%s发短信通知了。不想收了，发“不要再发短信”。"
	saySMSStopped      = "好的，不再给您发短信通知。别的选择没有变：微信里的照旧，都不想收就发“退订”；以后想收短信了，发“恢复短信”。"
	saySMSStillStopped = "您说过不收短信，现在仍然不发；要收，发“恢复短信”。"
	sayAllStillStopped = "您说过不收通知，现在仍然不发；要收，发“订阅”。"
	sayChatStopped     = "好的，不再在微信里给您发通知。短信的选择没有变，都不想收就发“退订”。您提问照样回答。"
	sayPhoneStays      = "您绑定的%s还保存着；要删掉，发“删除我的信息”。"
	saySubscribed      = "好的，已订阅：%s。不想收了，发“退订”加上名称。"
	saySubscribedOnly  = "好的，只给您发：%s。别的通知都不发。"
	sayAllBut          = "好的，不给您发：%s。别的通知都发。改主意了，随时发“订阅”或“退订”。"
	sayForOthers       = "每个人要自己登记：请家里人用自己的微信关注这里，再发“订阅”或“绑定手机号”。不会用微信的，可以请社区居委会登记。您自己要收，发“订阅”。"
	sayStopForOthers   = "这里只能改您自己的，没有改动。不想收短信的那部手机，直接给短信回复“T”或“退订”，就不再收短信。您自己不想收，发“退订”。"
	sayNothingUndone   = "好的，没有改动。已经删除的不能恢复；要收通知发“订阅”，不收发“退订”。"
	sayReplyT          = "行：给收到的短信回复“T”或“退订”，这部手机就不再收短信。在这里发“退订”，微信和短信的通知都不再发。现在没有改动。"
	sayTopicStopped    = "好的，不再给您发这些通知：%s。别的通知没有变，都不想收就发“退订”。"
	sayTopicNoSMS      = "好的，不再用短信给您发这些通知：%s。别的选择没有变，都不想收就发“退订”。"
	sayPartNoted       = "对不起，只记下了一部分。发“我的信息”可以看记下了什么，请过一会儿再发一次。"
	sayNoTopics        = "这里的通知还没有分类，不能按主题选。要收通知发“订阅”，不收发“退订”。"
	sayTopics          = "可以订阅这些通知："
	sayTopicsHow       = "回复序号就行，可以一次选几个，例如“1和2”；都要就回复“全部”，不选就回复“取消”。"
	sayStops           = "不想收哪一些："
	sayStopsHow        = "回复序号就行，可以一次选几个，例如“1和2”；一样都不收就发“退订”，不改就回复“取消”。"
	sayNoSuchNumber    = "没有这个序号。"
	sayChosen          = "（已订阅）"
	sayRefused         = "（已停收）"
	sayUnchanged       = "好的，没有改动。"

	sayWhichPlace      = "请发您住的小区或社区的名字。不选了，回复“取消”。"
	sayUnplaced        = "好的，您登记的住处已经删掉。要重新登记，发“选小区”。"
	sayPlaceWaits      = "小区还没有登记：请发小区或社区的名字；不登记了，回复“取消”。"
	sayTopicsWait      = "通知还没有选好：请发通知的名称，例如“健康服务”；不选了，回复“取消”。"
	sayIsItPlace       = "您说的是不是这个？是就回复“是”，不是就请写全名："
	sayScanLater       = "对不起，现在查不到这个二维码是哪个社区的，什么都没有登记。请过一会儿再扫一次，或发“选小区”。"
	sayScanOld         = "这个二维码的社区不在现在的名单里，什么都没有登记。要登记住处，发“选小区”。"
	sayPlaceUnknown    = "没有查到这个小区或社区。请写全名再试一次，也可以扫社区居委会的二维码；不选了，回复“取消”。"
	sayNoPlaces        = "这里还没有社区名单，现在不能登记。"
	sayMoreOfName      = "同名的还有，没有要找的就请写全名。"
	sayPlaced          = "登记好了：%s。选错了，回复“不是这个”重新选；发“我的信息”可以查看。"
	sayCommitteeNoted  = "登记好了：%s。您住哪个小区？回复序号就行："
	sayCommunities     = "您住哪个小区？回复序号就行："
	sayMoreCommunities = "看后面的，回复“更多”；都没有，回复“都不是”。"
	sayNoCommunity     = "都没有，回复“都不是”。"
	sayCommitteeOnly   = "好的，只登记社区，不填小区。发“我的信息”可以查看。"
	sayNeighbour       = "您是%s的居民吗？是就回复“是”，登记以后可以收到本社区的通知；不是就回复“不是”，什么都不登记。"
	sayNotNeighbour    = "好的，没有登记。要登记别的社区，发“选小区”。"

	sayMine         = "这里存着您的这些信息："
	sayMinePhone    = "手机号：%s（%s）"
	sayMineNoPhone  = "手机号：没有"
	sayMineWeChat   = "微信：您关注本号的编号，用来回复您"
	sayMinePlace    = "住处：%s，%s"
	sayMineConsent  = "依据：%s，%s（%s）"
	sayMineNoChoice = "订阅和退订：没有选过"
	sayMineWants    = "要收：%s"
	sayMineStops    = "不收：%s"
	sayMineTags     = "标签：%s"
	sayMineTalk     = "对话：最后一句话之后保存30分钟，到时自动删除"
	sayMineMore     = "还有几项，这里放不下；想看全部，请找工作人员，回复“转人工”。"
	sayMineSent     = "最近发给您的："
	sayMineChange   = "改手机号发“绑定手机号”，改住处发“选小区”，改通知发“订阅”或“退订”，全部删除发“删除我的信息”。"
	sayNothingKept  = "您的微信没有关联手机号、住处和订阅。收到过短信，想查是谁发的，先发“绑定手机号”。对话在最后一句话之后保存30分钟，到时自动删除；您交给工作人员的问题和意见会保留，发“删除我的信息”可以让它们不再与您关联。"
	sayNoneSent     = "没有给您发过短信或通知。"
	saySentLater    = "发送记录现在查不到，请过一会儿再看。"
	saySentBy       = "%s发"
	saySentWhy      = "因为%s"
	sayEveryNotice  = "全部通知"
	sayOtherNotices = "其他通知"
	sayEveryBy      = "%s通知"
	sayOldTopic     = "已取消的主题"

	sayByImport    = "社区居委会提供"
	sayByStaff     = "工作人员登记"
	sayByChat      = "您在微信里登记"
	sayByPaper     = "书面登记"
	sayForPhone    = "保存手机号"
	sayForNotices  = "发送通知"
	sayForOther    = "其他用途"
	sayByConsent   = "您本人同意"
	sayByDuty      = "履行法定职责所必需"
	sayByEmergency = "应对突发事件所必需"
	sayWeChatName  = "微信"
	saySMSName     = "短信"

	sayErase        = "会删除：您的手机号、住处、标签、订阅和退订的选择、同意的记录、微信编号和对话。\n会留下：已交给工作人员的问题和意见（不再与您关联）、认不出您的发送记录、统计数字和操作记录，还有一个由手机号算出的加密记号，只用来不再登记它、不再给它发短信。"
	sayEraseNoPhone = "会删除：您在这里登记的住处、订阅和退订的选择、同意的记录、微信编号和对话。您的微信没有绑定手机号：社区登记过您号码的，要一起删，请先发“绑定手机号”。\n会留下：已交给工作人员的问题和意见（不再与您关联）、认不出您的统计数字和操作记录。"
	sayEraseConfirm = "删除后不能恢复。要删除，请回复“确认删除”；不删，回复“取消”。"
	sayEraseWords   = "要删除，请回复“确认删除”四个字；不删，回复“取消”。"
	sayNotErased    = "好的，什么都没有删除。"
	sayEraseFailed  = "对不起，没有删除成，或者只删除了一部分。请过一会儿再回复“确认删除”。"
	sayErased       = "您的信息已经删除。"
	sayErasedAll    = "您的信息，连同您提交过的问题和意见的内容，已经删除。"
	sayEraseTickets = "您提交过的问题和意见，内容也要删除的，请回复“全部删除”，还没有答复的就不再办理。"
	sayTalkGone     = "对话也删除了。以后还可以照常提问。"
	sayTalkLater    = "对话没能马上删除，30分钟内会自动删除。以后还可以照常提问。"
)

func originName(o roster.Origin) string {
	switch o {
	case roster.FromImport:
		return sayByImport
	case roster.FromStaff:
		return sayByStaff
	}
	return sayByChat
}

// howName says nothing of ways that only a file knows.
func howName(how string) string {
	switch how {
	case roster.InChat:
		return sayByChat
	case "paper":
		return sayByPaper
	case "import":
		return sayByImport
	}
	return ""
}

func consentName(what string) string {
	switch what {
	case roster.PhoneKept:
		return sayForPhone
	case roster.Notices:
		return sayForNotices
	}
	return sayForOther
}

func basisName(b roster.Basis) string {
	switch b {
	case roster.ByDuty:
		return sayByDuty
	case roster.ByEmergency:
		return sayByEmergency
	}
	return sayByConsent
}

func channelName(c roster.Channel) string {
	if c == roster.SMS {
		return saySMSName
	}
	return sayWeChatName
}
