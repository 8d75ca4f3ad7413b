package bot

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

	sayTicket     = "已登记，编号是%s。有答复会在这里告诉您。"
	sayTrial      = "这里是试用，不登记，也没有编号。"
	sayNotFiled   = "对不起，刚才没有登记成功。请过一会儿再回复“%s”。"
	sayHandedOver = "已为您登记转人工，编号是%s。"
	sayNotHanded  = "转人工没有登记成功，请过一会儿再试。"
	sayNotNoted   = "对不起，刚才没有记成，请过一会儿再发一次。"

	sayAgain = "这条回答刚才发过，再发一次给您。没有答到点子上的，回复“转人工”。"

	sayCall      = "有人正在危险中的，请马上拨打：%s。"
	sayNotUrgent = "不是急事的话，请用一句话写下您想问的事。"
	sayPhone     = "%s是%s：%s。"

	saySuggestWhat    = "请写下您的意见：是什么事。随时可以回复“取消”。"
	saySuggestMore    = "请写得再具体一点：是什么事。不想写了，回复“取消”。"
	saySuggestWhere   = "内容收到。是在什么地方？例如小区、路名或单位。说不清就回复“跳过”，不想提了就回复“取消”。"
	sayConfirm        = "内容和地点都收到了。回复“确认”提交，回复“取消”不提交；要补充，直接写就行。"
	sayConfirmNoPlace = "内容收到了，没有填地点。回复“确认”提交，回复“取消”不提交；要补充，直接写就行。"
	sayAdded          = "补充的内容收到了。回复“确认”提交，回复“取消”不提交。"
	sayCancelled      = "好的，已取消，什么都没有提交。"
	sayWhereWaits     = "刚才的意见还没有写完：是在什么地方？说不清就回复“跳过”，不想提了就回复“取消”。"
	sayDraftWaits     = "刚才的意见还没有提交：回复“确认”提交，回复“取消”不提交。"

	sayWhichRow = "叫这个名字的不止一个，是哪一个？回复序号就行："

	saySourceOf = "上一条回答依据的是："

	sayVoice    = "收到您的语音了，可惜我还听不懂。请用文字写下来，好吗？"
	sayPicture  = "收到了，可惜我还看不懂图片和视频。请用文字写下您想问的事。"
	sayLocation = "收到您的位置了，可惜我还不能按位置查询。请用文字写下地名和想问的事。"
	sayLink     = "收到链接了，可惜我打不开。请用文字写下您想问的事。"
	sayOther    = "收到了，可惜我看不懂这种消息。请用文字写下您想问的事。"

	saySendAgain = "您刚才发的消息还没有回答，请再发一次。"
)
