package sheet

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"unicode/utf8"

	"towncrier/roster"
)

// bookParts are a workbook of one sheet, but for the sheet.
var bookParts = []struct{ name, text string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" ` +
		`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" ` +
		`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
}

const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	sheetHead = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	sheetFoot = `</sheetData></worksheet>`
)

// bookWriter writes an XLSX file, each row as it comes.
type bookWriter struct {
	archive *zip.Writer
	sheet   *bufio.Writer
	row     int
	buf     []byte
}

func newBookWriter(w io.Writer) (*bookWriter, error) {
	b := &bookWriter{archive: zip.NewWriter(w)}
	for _, part := range bookParts {
		to, err := b.archive.Create(part.name)
		if err == nil {
			_, err = io.WriteString(to, xmlHead+part.text)
		}
		if err != nil {
			return nil, err
		}
	}
	to, err := b.archive.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, err
	}
	b.sheet = bufio.NewWriterSize(to, 64<<10)
	_, err = b.sheet.WriteString(xmlHead + sheetHead)
	return b, err
}

func (b *bookWriter) Format() string { return XLSX }

func (b *bookWriter) Write(cells []string) error {
	if b.row++; b.row > totalRows {
		return fmt.Errorf("超过%d行，表格软件打不开：请改用 CSV，或分开导出", totalRows)
	}
	b.buf = fmt.Appendf(b.buf[:0], `<row r="%d">`, b.row)
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		b.buf = fmt.Appendf(b.buf, `<c r="%s%d" t="inlineStr"><is><t xml:space="preserve">`, roster.ColumnName(i), b.row)
		b.buf = appendXML(b.buf, harmless(cell))
		b.buf = append(b.buf, `</t></is></c>`...)
	}
	_, err := b.sheet.Write(append(b.buf, `</row>`...))
	return err
}

func (b *bookWriter) Close() error {
	if _, err := b.sheet.WriteString(sheetFoot); err != nil {
		return err
	}
	if err := b.sheet.Flush(); err != nil {
		return err
	}
	return b.archive.Close()
}

// appendXML writes a text so that unescapeXML and unescapeControls, and spreadsheets, read it back.
func appendXML(out []byte, text string) []byte {
	for i, r := range text {
		_, escaped := controlAt(text[i:])
		switch {
		case r == '&':
			out = append(out, "&amp;"...)
		case r == '<':
			out = append(out, "&lt;"...)
		case r == '>':
			out = append(out, "&gt;"...)
		case escaped:
			out = append(out, "_x005F_"...)
		case r < 0x20 && r != '\t' && r != '\n' || r == 0xfffe || r == 0xffff:
			out = fmt.Appendf(out, "_x%04X_", r)
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}
