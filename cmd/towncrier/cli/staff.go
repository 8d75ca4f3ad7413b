package cli

import (
	"cmp"
	"fmt"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
	"towncrier/staff"
)

func staffCommand(opt *options) *cobra.Command {
	s := staffCommands{&apiCommands{opt: opt}}
	cmd := &cobra.Command{
		Use:   "staff",
		Short: "管理工作人员、角色和密钥",
		Long: "由管理员添加工作人员、指定角色、发放密钥。最初的两位管理员在服务器上产生：\n" +
			"  staff invite ID --role admin     在服务器上执行两次；各人用 staff activate 激活码 启用\n" +
			"以后每把密钥，无论新发还是更换，都由两位管理员和本人办理：\n" +
			"  staff add ID                     一位管理员添加工作人员\n" +
			"  staff invite ID                  一位管理员取得激活码（24小时有效），转交本人\n" +
			"  staff confirm 邀请编号           另一位管理员确认，并说明短信验证码发到哪个号码\n" +
			"  staff activate 激活码            本人取得密钥，90天有效；旧的密钥随即失效\n" +
			"改了角色或居委会（staff change），原有密钥失效，要重新邀请。\n" +
			"激活码也可在浏览器里打开工作台（/desk/enrol），设置登录密码和验证器。\n" +
			"另有密钥或能登录的管理员不足两位时，可在服务器上用 staff renew ID 给丢失密钥的管理员更换，\n" +
			"用 staff login reset ID 给忘记密码的管理员重新设置登录。\n" +
			"\n" +
			"角色：\n" +
			"  author     撰稿员：撰写群发、安排发送、答复留言\n" +
			"  approver   审批员：审批别人写的群发，发出应急群发\n" +
			"  committee  社区工作者：管理本社区的居民（号码隐去中间四位），给他们写群发\n" +
			"  auditor    审计员：查看全部记录，不作改动\n" +
			"  admin      管理员：管理工作人员、居委会和居民",
	}
	s.addFlags(cmd)
	cmd.AddCommand(s.add(), s.list(), s.change(), s.disable(), s.enable(), s.keys(),
		s.invite(), s.invitations(), s.confirm(), s.withdraw(), s.renew(), s.login(), s.activate(), s.phone())
	return cmd
}

// staffCommands are the commands about staff, over the API but for those by which a city gets its first admins.
type staffCommands struct{ *apiCommands }

func (s staffCommands) add() *cobra.Command {
	var body wire.AddStaff
	cmd := &cobra.Command{
		Use:     "add ID --name NAME --role ROLE [--committee CODE]",
		Short:   "添加工作人员，之后邀请其启用密钥",
		Example: "  towncrier staff add li --name 李某 --role author",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body.ID = args[0]
			return answered(s.apiCommands, cmd, http.MethodPost, "/staff", body, func(w io.Writer, p wire.Person) error {
				_, err := fmt.Fprintf(w, "已添加%s。\n"+inviteHint, describePerson(p), program(), p.ID)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&body.Name, "name", "", "姓名")
	cmd.Flags().StringVar(&body.Role, "role", "", "角色：撰稿员、审批员、社区工作者、审计员或管理员")
	cmd.Flags().StringVar(&body.Committee, "committee", "", "所属居委会的代码或名称，只用于社区工作者")
	return cmd
}

// confirmFlag confirms that one admin is left.
func confirmFlag(cmd *cobra.Command, yes *bool) {
	cmd.Flags().BoolVar(yes, "yes", false, "确认办完只剩一位管理员")
}

// confirming is the query that says so.
func confirming(yes bool) string {
	if yes {
		return "?confirm=true"
	}
	return ""
}

func (s staffCommands) change() *cobra.Command {
	var name, role, committee string
	var yes bool
	cmd := &cobra.Command{
		Use:     "change ID [--name NAME] [--role ROLE] [--committee CODE]",
		Short:   "修改工作人员的姓名、角色或居委会",
		Long:    "修改工作人员的姓名、角色或居委会。改了角色或居委会，原有密钥和未用的邀请失效，其发出或确认的邀请也失效，要由另一位管理员确认新的邀请。不能改自己的角色；改了只剩一位管理员的，要加 --yes。改动前后都记入审计日志。",
		Example: "  towncrier staff change li --role approver && towncrier staff invite li",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			given := func(flag string, value *string) *string {
				if cmd.Flags().Changed(flag) {
					return value
				}
				return nil
			}
			body := wire.ChangeStaff{Name: given("name", &name), Role: given("role", &role), Committee: given("committee", &committee)}
			return answered(s.apiCommands, cmd, http.MethodPatch, pathOf("staff", args[0], "")+confirming(yes), body, func(w io.Writer, p wire.Person) error {
				fmt.Fprintf(w, "已修改，现在是%s。\n", describePerson(p))
				if body.Role != nil || body.Committee != nil {
					fmt.Fprintf(w, "角色或居委会变了的，原有密钥和邀请已失效。"+inviteHint, program(), p.ID)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "姓名")
	cmd.Flags().StringVar(&role, "role", "", "角色：撰稿员、审批员、社区工作者、审计员或管理员")
	cmd.Flags().StringVar(&committee, "committee", "", "所属居委会的代码或名称，只用于社区工作者")
	confirmFlag(cmd, &yes)
	cmd.MarkFlagsOneRequired("name", "role", "committee")
	return cmd
}

// inviteHint is the command that invites somebody, with the program and their id.
const inviteHint = "请邀请本人启用密钥：\n  %s staff invite %s\n"

func describePerson(p wire.Person) string {
	text := fmt.Sprintf("%s（%s，%s", plaintext.OneLine(cmp.Or(p.Name, p.ID), 40), plaintext.OneLine(p.ID, 40), cmp.Or(staff.Role(p.Role).Label(), plaintext.OneLine(p.Role, 40)))
	if p.Committee != "" {
		text += "，" + plaintext.OneLine(cmp.Or(p.CommitteeName, "居委会"), 40) + plaintext.OneLine(p.Committee, 40)
	}
	return text + "）"
}

func (s staffCommands) disable() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "disable ID",
		Short: "停用工作人员，其密钥全部失效",
		Long:  "停用工作人员，其密钥全部失效。不能停用自己。停用后只剩一位管理员的，没有人能确认邀请，谁都得不到新密钥：请先添加另一位管理员，一定要停用就加 --yes。",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(s.apiCommands, cmd, http.MethodPost, pathOf("staff", args[0], "disable")+confirming(yes), nil, func(w io.Writer, p wire.Person) error {
				_, err := fmt.Fprintf(w, "已停用%s，其密钥不再有效。\n", describePerson(p))
				return err
			})
		},
	}
	confirmFlag(cmd, &yes)
	return cmd
}

func (s staffCommands) enable() *cobra.Command {
	return &cobra.Command{
		Use:   "enable ID",
		Short: "恢复已停用的工作人员，之后重新邀请",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return answered(s.apiCommands, cmd, http.MethodPost, pathOf("staff", args[0], "enable"), nil, func(w io.Writer, p wire.Person) error {
				_, err := fmt.Fprintf(w, "已恢复%s。原有密钥不再有效。"+inviteHint, describePerson(p), program(), p.ID)
				return err
			})
		},
	}
}

func (s staffCommands) list() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "列出全部工作人员，包括已停用的",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answered(s.apiCommands, cmd, http.MethodGet, "/staff", nil, func(w io.Writer, page wire.Page[wire.Person]) error {
				return list[wire.Person]{
					headings: []string{"账号", "姓名", "角色", "居委会", "手机", "添加", "停用"},
					row: func(p wire.Person) []string {
						return []string{p.ID, plaintext.OneLine(p.Name, 40), staff.Role(p.Role).Label(), named(p.CommitteeName, p.Committee), p.Phone, formatTime(p.CreatedAt), formatTime(p.DisabledAt)}
					},
				}.print(w, page.Items)
			})
		},
	}
}
