package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// workbookParts is what a workbook says of its sheets.
type workbookParts struct {
	sheet  string    // the name of the one that is read
	part   *zip.File // and where it is
	texts  *zip.File // that cells share; nil when there are none
	unread []string  // names of the others, with why in parentheses

	date1904 bool
}

// relationship says which part of the archive another part means by an id.
type relationship struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// kind is worksheet, sharedStrings and the like; "" when nothing is said.
func (r relationship) kind() string {
	if r.Type == "" {
		return ""
	}
	return path.Base(r.Type)
}

// readBook finds the first sheet that a person sees when the workbook is opened: a hidden one, and what is no table (a chart, a
// dialog, macros), is passed over.
func readBook(archive *zip.Reader) (b workbookParts, err error) {
	var book struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct{ Relationship []relationship }
	if findPart(archive, "xl/workbook.xml") == nil {
		return b, errors.New(archiveKind(archive))
	}
	if err := errors.Join(readPart(archive, "xl/workbook.xml", &book), readPart(archive, "xl/_rels/workbook.xml.rels", &rels)); err != nil {
		return b, err
	}
	if len(book.Sheets) > maxSheets || len(rels.Relationship) > maxRelationships {
		return b, fmt.Errorf("工作簿过大（工作表超过%d个，或各部分之间的关系超过%d个）：请只留下要导入的工作表，再保存", maxSheets, maxRelationships)
	}
	b.date1904 = book.Properties.Date1904 == "1" || book.Properties.Date1904 == "true"
	byID, texts := map[string]relationship{}, ""
	for _, rel := range rels.Relationship {
		byID[rel.ID] = rel
		if rel.kind() == "sharedStrings" {
			texts = rel.Target
		}
	}
	if texts != "" {
		b.texts = findPart(archive, partName(texts))
	}
	if len(book.Sheets) == 0 {
		return b, errors.New("文件里没有工作表")
	}
	for _, sheet := range book.Sheets {
		rel := byID[relationshipID(sheet.Attrs)]
		kind, target := rel.kind(), rel.Target
		why := ""
		switch {
		case sheet.State != "" && sheet.State != "visible":
			why = "（隐藏）"
		case kind != "" && kind != "worksheet":
			why = "（不是表格）"
		case b.part == nil:
			if b.part = findPart(archive, partName(target)); b.part == nil {
				return b, fmt.Errorf("工作表“%s”缺失，文件已损坏：请重新保存", shortName(sheet.Name))
			}
			b.sheet = shortName(sheet.Name)
			continue
		}
		b.unread = append(b.unread, shortName(sheet.Name)+why)
	}
	if b.part == nil {
		return b, errors.New("没有能看到的工作表：" + b.unreadNames() + "。请取消隐藏后保存")
	}
	return b, nil
}

// relationshipID is the attribute r:id, whose namespace is another one in Strict Open XML (ISO/IEC 29500-1).
func relationshipID(attrs []xml.Attr) string {
	for _, a := range attrs {
		if a.Name.Local == "id" && strings.HasSuffix(a.Name.Space, "/officeDocument/2006/relationships") ||
			a.Name.Local == "id" && a.Name.Space == "http://purl.oclc.org/ooxml/officeDocument/relationships" {
			return a.Value
		}
	}
	return ""
}

// partName is a part as relationships of the workbook name it, absolute or from its folder.
func partName(target string) string {
	if absolute, ok := strings.CutPrefix(target, "/"); ok {
		return absolute
	}
	return path.Join("xl", target)
}

func (b workbookParts) notes() []string {
	if len(b.unread) == 0 {
		return nil
	}
	return []string{"只读取工作表“" + b.sheet + "”，没有读取：" + b.unreadNames()}
}

// unreadNames are the names of the first sheets that are not read.
func (b workbookParts) unreadNames() string {
	const most = 20
	names := strings.Join(b.unread[:min(most, len(b.unread))], "、")
	if len(b.unread) > most {
		names += fmt.Sprintf("等%d个", len(b.unread))
	}
	return names
}

// shortName is a sheet's name as Excel admits it.
func shortName(name string) string {
	const most = 31
	if runes := []rune(name); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return name
}

func findPart(archive *zip.Reader, name string) *zip.File {
	for _, f := range archive.File {
		if strings.EqualFold(strings.ReplaceAll(f.Name, `\`, "/"), name) {
			return f
		}
	}
	return nil
}

func readPart(archive *zip.Reader, name string, v any) error {
	f := findPart(archive, name)
	if f == nil {
		return fmt.Errorf("不是 Excel 写的 .xlsx 文件：缺少 %s", name)
	}
	if f.UncompressedSize64 > maxPartInMemory {
		return fmt.Errorf("XLSX 文件里的 %s 过大：请把表格复制到新的工作簿，再保存", name)
	}
	r, err := f.Open()
	if err == nil {
		defer r.Close()
		err = xml.NewDecoder(io.LimitReader(r, maxPartInMemory)).Decode(v)
	}
	if err != nil { // in English
		return fmt.Errorf("XLSX 文件里的 %s 已损坏：请重新保存", name)
	}
	return nil
}
