package cli

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"towncrier/sheet"
)

// rosterFileCommands are the commands that take residents from a file, and give them as one.
type rosterFileCommands struct{ *apiCommands }

func (b rosterFileCommands) export() *cobra.Command {
	var filter residentFilter
	var numbers bool
	var request string
	cmd := &cobra.Command{
		Use:   "export FILE.csv|FILE.xlsx",
		Short: "把居民导出成表格，号码隐去中间四位",
		Long: "把居民导出成表格：按文件名的结尾输出 CSV 或 XLSX。号码隐去中间四位，敏感标签不导出。文件只有您自己能打开，要么完整，要么没有。\n" +
			"\n" +
			"加 --numbers 导出完整号码，须两位管理员办理：一位申请（towncrier roster numbers request），另一位确认（towncrier roster numbers confirm），\n" +
			"申请人在一小时内用 --request 编号 取一次。导出谁的号码以申请为准。文件第一行写明两位管理员和时间。中途断开也算取过，请重新申请。",
		Example: "  towncrier roster export residents.xlsx --committee C001\n" +
			"  towncrier roster export numbers.xlsx --numbers --request abcdefghij",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := args[0]
			format, err := formatOf(cmd, file)
			switch {
			case err != nil:
				return err
			case request != "" && !numbers:
				return &usageError{cmd.CommandPath(), errors.New("--request：只和 --numbers 一起使用")}
			case request == "" && numbers:
				return &usageError{cmd.CommandPath(), errors.New("--request：导出完整号码须由两位管理员办理。一位用 towncrier roster numbers request 提出申请，" +
					"另一位用 towncrier roster numbers confirm 确认，然后由申请人在一小时内加 --request 编号 取回")}
			}
			method, path, done := http.MethodGet, "/residents."+format+filter.query(nil), "号码已隐去中间四位"
			if numbers {
				method, path, done = http.MethodPost, pathOf("exports", request, "file")+queryOf(map[string]string{"format": format}), "含完整号码，请妥善保管"
			}
			if err := b.download(cmd, method, path, file); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "已导出%s到 %s（%s），已记入审计日志。\n", peopleIn(file, numbers), file, done)
			return err
		},
	}
	filter.add(cmd)
	cmd.Flags().BoolVar(&numbers, "numbers", false, "导出完整号码，须两位管理员办理")
	cmd.Flags().StringVar(&request, "request", "", "两位管理员办理的申请编号")
	for _, other := range residentFilterFlags { // the request says whose
		cmd.MarkFlagsMutuallyExclusive("numbers", other)
	}
	return cmd
}

// formatOf is the format of a spreadsheet, by the name of the file that is to be made.
func formatOf(cmd *cobra.Command, file string) (string, error) {
	format := strings.TrimPrefix(strings.ToLower(filepath.Ext(file)), ".")
	if sheet.ContentType(format) == "" {
		return "", &usageError{cmd.CommandPath(), fmt.Errorf("%s：文件名须以 .csv 或 .xlsx 结尾", file)}
	}
	return format, nil
}

// peopleIn counts the residents of an exported file, below its headings and its mark; "" when it is too large to be read.
func peopleIn(file string, marked bool) string {
	table, err := sheet.Open(file)
	if err != nil {
		return ""
	}
	defer table.Close()
	n := -1
	if marked {
		n--
	}
	for _, err := range table.Rows() {
		if err != nil {
			return ""
		}
		n++
	}
	return fmt.Sprintf("%d人", n)
}
