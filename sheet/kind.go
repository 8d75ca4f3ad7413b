package sheet

import (
	"archive/zip"
	"bytes"
	"strings"
)

// binaryKind says in Chinese what a file is that is neither text nor XLSX, and what to do; "" when it may be text.
func binaryKind(head []byte) string {
	for _, kind := range []struct{ magic, what string }{
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Excel 文件（.xls）或有密码的文件：请用 Excel 或 WPS 打开，去掉密码，另存为 .xlsx 或 CSV"},
		{"%PDF", "PDF 文件，不是表格：请用 Excel 或 WPS 整理后另存为 .xlsx"},
		{"\x89PNG", "图片，不是表格"},
		{"\xff\xd8\xff", "图片，不是表格"},
		{"GIF8", "图片，不是表格"},
		{`{\rtf`, "文字处理文件（RTF），不是表格：请用 Excel 或 WPS 整理后另存为 .xlsx"},
		{"Rar!", "压缩包：请先解压，再导入里面的表格"},
		{"7z\xbc\xaf", "压缩包：请先解压，再导入里面的表格"},
		{"\x1f\x8b", "压缩包：请先解压，再导入里面的表格"},
	} {
		if bytes.HasPrefix(head, []byte(kind.magic)) {
			return kind.what
		}
	}
	return ""
}

// markupKind says in Chinese which markup a text is, as systems write it that call a web page .xls; "" for none.
func markupKind(head []byte) string {
	text := strings.ToLower(string(bytes.TrimLeft(head, " \t\r\n\ufeff")))
	what := ""
	switch {
	case strings.HasPrefix(text, "mime-version:"):
		what = "网页（MHTML）"
	case !strings.HasPrefix(text, "<"):
		return ""
	case strings.HasPrefix(text, "<?xml") && !strings.Contains(text, "<html"):
		what = " XML 文件"
	default:
		what = "网页（HTML）"
	}
	return "这是改了名字的" + what + "，不是真正的表格文件：请用 Excel 或 WPS 打开，再另存为 .xlsx"
}

// archiveKind says in Chinese what a ZIP archive is that holds no workbook as Excel writes it.
func archiveKind(archive *zip.Reader) string {
	for _, f := range archive.File {
		switch name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/")); {
		case name == "xl/workbook.bin":
			return "Excel 二进制工作簿（.xlsb）：请用 Excel 或 WPS 另存为 .xlsx"
		case name == "content.xml":
			return "OpenDocument 文件（如 .ods）：请另存为 .xlsx"
		case name == "word/document.xml":
			return "Word 文件，不是表格：请把表格复制到 Excel 或 WPS 表格里，另存为 .xlsx"
		case strings.HasPrefix(name, "index/") && strings.HasSuffix(name, ".iwa"):
			return "苹果 Numbers 文件：请导出为 .xlsx"
		case strings.HasSuffix(name, ".xlsx"), strings.HasSuffix(name, ".xls"), strings.HasSuffix(name, ".csv"):
			return "压缩包：请先解压，再导入里面的表格"
		}
	}
	return "ZIP 压缩包，不是 Excel 写的 .xlsx 文件"
}
