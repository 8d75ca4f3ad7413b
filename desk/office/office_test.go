package office_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"towncrier/desk/desktest"
	"towncrier/signin/signintest"
)

func TestMain(m *testing.M) { desktest.Main(m) }

// pressed is a browser in which a colleague signed in by one press.
func pressed(t *testing.T, d *desktest.Desk, name string) *desktest.Browser {
	t.Helper()
	b := desktest.Browse(t, d.URL)
	b.Open("/desk/login").Press(name).Sees("今天要办")
	return b
}

// texted is the newest code that was sent to a number.
func texted(t *testing.T, d *desktest.Desk, number string) string {
	t.Helper()
	for range 100 {
		resp, err := http.Get(d.URL + "/sandbox/record?via=sms&phone=" + number)
		if err != nil {
			t.Fatal(err)
		}
		var texts []struct{ Text string }
		err = json.NewDecoder(resp.Body).Decode(&texts)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if code := between(text.Text, "验证码是", "，"); code != "" {
				return code
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("no code was sent")
	return ""
}

// TestAColleagueComesAndGoes: an admin takes somebody on and invites them, another confirms, they set how they sign in and do so; an admin
// ends their session, changes nothing without a second factor, and lets them go.
func TestAColleagueComesAndGoes(t *testing.T) {
	const number = "19900005551"
	d := desktest.SharedDesk(t)
	one, two := pressed(t, d, "演示管理员"), pressed(t, d, "演示第二管理员")
	added := one.Open("/desk/staff").Follow("添加同事").Form("添加同事").Fill("账号", "zhang").Fill("姓名", "张某").Fill("角色", "撰稿员").Press()
	added.Sees("已添加", "张某", "没有登录过", "现在没有登录")
	one.MayShow("tca_") // on the one page that shows the activation code
	asked := added.Follow("邀请设置登录")
	code := ""
	issued := asked.Press("邀请")
	for _, word := range strings.Fields(issued.Body) {
		if _, rest, ok := strings.Cut(word, "tca_"); ok {
			code = "tca_" + strings.TrimSuffix(rest, "</p>")
		}
	}
	if code == "" {
		t.Fatalf("no activation code:\n%s", issued.Body)
	}
	one.Open("/desk/staff/zhang").Sees("待另一位管理员确认").Lacks("核对并确认")
	two.Open("/desk/staff").Follow("核对并确认对张某的邀请").Form("确认邀请").Fill("本人的手机号", number).Press().Sees("已确认", "待本人设置")

	own := desktest.Browse(t, d.URL)
	own.MayShow("tca_") // in the field that they typed it into
	own.Open("/desk/login").Follow("第一次登录：用激活码设置密码").Form("下一步").Fill("激活码", "tca_nothing").Press().Want(422).Sees("激活码无效")
	begun := own.Open("/desk/enrol").Form("下一步").Fill("激活码", code).Press().Sees("199****5551")
	secret := between(begun.Body, `name="secret" value="`, `"`)
	zhang := signintest.Colleague{ID: "zhang", Passphrase: signintest.Passphrase, Secret: secret}
	sms := texted(t, d, number)
	set := func(p *desktest.Page, passphrase string) *desktest.Page {
		return p.Form("设置登录").Fill("短信验证码", sms).Fill("新密码", passphrase).Fill("再输入一次新密码", passphrase).Fill("2. 验证器现在显示的6位数字", zhang.Code(time.Now())).Press()
	}
	faulty := set(begun, "password123456").Want(422).Sees("太常见")
	done := set(faulty, zhang.Passphrase).Sees("请收好十个恢复码")
	recovery := between(done.Body, "<li>", "</li>")
	second := between(strings.SplitN(done.Body, recovery, 2)[1], "<li>", "</li>")
	done.Follow("已收好，去登录").Form("登录").Fill("账号", "zhang").Fill("密码", "一个不对的密码").Fill("验证码", recovery).Press().Want(422).Sees("账号、密码或验证码不对")
	own.Open("/desk/login").Form("登录").Fill("账号", "zhang").Fill("密码", zhang.Passphrase).Fill("验证码", recovery).Press().Sees("今天要办")
	own.Open("/desk/me").Sees("张某", "撰稿员", "这是第一次", "这台")
	change := func(passphrase, code string) *desktest.Page {
		return own.Open("/desk/me").Follow("修改密码").Form("修改密码").Fill("现在的密码", passphrase).Fill("验证码", code).
			Fill("新密码", "七条小鱼搬走了一座蓝色的桥").Fill("再输入一次新密码", "七条小鱼搬走了一座蓝色的桥").Press()
	}
	change("不是现在的密码啊啊啊啊", second).Want(422).Sees("现在的密码不对")
	change(zhang.Passphrase, "000000").Want(422).Sees("验证码不对")
	change(zhang.Passphrase, second).Sees("密码已修改", "这台")
	own.Open("/desk/me").Follow("更换验证器").Sees("不能扫码的")
	one.Open("/desk/audit?action=登录失败&subject=zhang").Sees("登录失败", "密码不对")

	one.Open("/desk/staff/zhang").Follow("退出这台").Press("退出这台").Sees("已退出那台设备", "现在没有登录")
	own.Open("/desk/me").Sees("登录工作台")
	one.Open("/desk/staff/zhang").Follow("停用").Press("停用").Sees("已停用")
	own.Open("/desk/login").Form("登录").Fill("账号", "zhang").Fill("密码", zhang.Passphrase).Fill("验证码", recovery).Press().Want(422).Sees("账号、密码或验证码不对")
	one.Open("/desk/staff").Within("张某").Sees("已停用")
}

func between(text, before, after string) string {
	_, text, _ = strings.Cut(text, before)
	text, _, _ = strings.Cut(text, after)
	return text
}

// TestOwnNumber: a colleague has a code sent to their number, and registers it with the code and the second factor.
func TestOwnNumber(t *testing.T) {
	const number = "19900005552"
	d := desktest.SharedDesk(t)
	own := pressed(t, d, "演示第二审批员")
	own.Open("/desk/me").Follow("更换手机号").Form("发验证码").Fill("手机号", number).Fill("验证码", "000000").Press().Want(http.StatusUnprocessableEntity).Sees("验证码")
	own.Open("/desk/me/phone").Form("发验证码").Fill("手机号", "12345").Press().Want(http.StatusUnprocessableEntity)
	sent := own.Open("/desk/me/phone").Form("发验证码").Fill("手机号", number).Press().Want(http.StatusOK).Sees("验证码已发出").Lacks(number)
	code := texted(t, d, number)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	sent.Form("登记").Fill("短信验证码", wrong).Press().Want(http.StatusUnprocessableEntity).Sees("验证码")
	done := own.Open("/desk/me/phone/code").Form("登记").Fill("短信验证码", code).Press().Want(http.StatusOK).Sees("本人手机号已登记", "199****5552", "更换手机号").Lacks(number)
	if done.URL.Path != "/desk/me" {
		t.Errorf("it goes on to %s", done.URL)
	}
	pressed(t, d, "演示管理员").Open("/desk/audit?action=staff.phone").Sees("登记本人手机号", "演示第二审批员")
}

// TestOfficePages are for those alone who may see them.
func TestOfficePages(t *testing.T) {
	d := desktest.SharedDesk(t)
	admin, auditor, author := pressed(t, d, "演示管理员"), pressed(t, d, "演示审计员"), pressed(t, d, "演示撰稿员")
	for path, want := range map[string]string{"/desk/staff": "谁能做什么", "/desk/audit": "登录", "/desk/audit/verify": "日志完整", "/desk/health": "运行检查"} {
		admin.Open(path).Sees(want)
		auditor.Open(path).Sees(want)
		author.Get(path).Want(http.StatusForbidden).Sees("没有")
	}
	auditor.Open("/desk/health").Sees("数据库", "任务队列", "服务器时钟", "磁盘空间", "正常").Lacks("wechat-templates")
	auditor.Open("/desk/staff").Lacks("添加同事")
	file := auditor.Open("/desk/audit?action=登录").Follow("下载筛选出的日志（CSV）")
	if kind, text := file.Header.Get("Content-Type"), file.Body; kind != "text/csv; charset=utf-8" || !strings.Contains(text, "登录") || strings.Contains(text, "启用密钥") {
		t.Errorf("the file of the log is %s: %s", kind, text)
	}
	auditor.Open("/desk/audit").Sees("导出审计日志")
	auditor.Get("/desk/staff/rehearsal/disable").Want(http.StatusForbidden)
	admin.Get("/desk/audit?from=2026-13-45").Want(422)
	admin.Get("/desk/staff/nobody").Want(http.StatusNotFound).Sees("没有这位同事")
}
