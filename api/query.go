package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// readQuery refuses a path or a query that is not text: broken escapes and UTF-8, which would be dropped or replaced in silence, and NUL,
// which PostgreSQL cannot keep. It refuses a parameter that is given twice, of which one would be dropped, unless it is a list.
func readQuery(r *http.Request, params []*huma.Param) error {
	refused := func(location, reason string) error {
		return refuse(http.StatusBadRequest, "malformed", "地址无法读取，请按提示修改", faultAt(plainLocation(location), reason))
	}
	if reason := notText(r.URL.Path); reason != "" {
		return refused("path", reason)
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if strings.Contains(r.URL.RawQuery, ";") {
		return refused("query", "里面有“;”：参数之间请写 &，值里的分号请写 %3B")
	}
	if err != nil {
		return refused("query", "编码不对：% 后面应是两位十六进制数")
	}
	for name, values := range query {
		if reason := notText(name); reason != "" {
			return refused("query", "有一个参数的名称"+reason)
		}
		if len(values) > 1 && !slices.ContainsFunc(params, func(p *huma.Param) bool { return p.Name == name && p.Explode != nil && *p.Explode }) {
			return refused("query."+name, "写了两次：只写一个")
		}
		for _, value := range values {
			if reason := notText(value); reason != "" {
				return refused("query."+name, reason)
			}
		}
	}
	return nil
}

// notText is why a text cannot be kept or compared, "" when it can.
func notText(s string) string {
	switch {
	case !utf8.ValidString(s):
		return "不是有效的 UTF-8 编码"
	case strings.ContainsRune(s, 0):
		return "里面有空字符（NUL），请去掉"
	}
	return ""
}
