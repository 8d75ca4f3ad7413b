package roster

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of an XLSX file, which is a ZIP archive of XML. A million rows of eight columns are about 400 MiB of XML.
const (
	maxUnzipped = 1 << 30
	// Larger parts are read from temporary files, smaller ones from memory: a shared text takes about 300 bytes there.
	maxPartInMemory = 4 << 20
	maxInMemory     = 32 << 20 // all of the parts that stay in memory
)

// openXLSX checks the archive before it is read by excelize, which would read any part into memory, passes over broken XML
// in silence, and does not tell formulas from their last results.
func (s *Sheet) openXLSX() error {
	archive, err := zip.NewReader(s.file, s.size)
	if err != nil {
		return errors.New("a damaged XLSX file, or one that was not copied whole: copy it again, or save it anew")
	}
	if err := checkSizes(archive); err != nil {
		return err
	}
	part, err := firstSheet(archive)
	if err != nil {
		return err
	}
	if err := scanTexts(archive); err != nil {
		return err
	}
	shape, err := scanSheet(part)
	if err != nil {
		return err
	}
	spill, err := spillFolder()
	if err != nil {
		return err
	}
	book, err := excelize.OpenFile(s.file.Name(), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxPartInMemory, RawCellValue: true, TmpDir: spill,
	})
	if err != nil {
		if book != nil {
			err = errors.Join(err, book.Close())
		}
		return errors.Join(fmt.Errorf("not an XLSX file that can be read: %w", err), os.RemoveAll(spill))
	}
	s.close = func() error { return errors.Join(book.Close(), os.RemoveAll(spill)) }
	sheets := book.GetSheetList()
	s.format = "XLSX, " + sheets[0]
	s.Unread = sheets[1:]
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		s.Date1904 = *props.Date1904
	}
	s.read = func(yield func(SheetRow, error) bool) { readXLSX(book, sheets[0], shape, yield) }
	return nil
}

func readXLSX(book *excelize.File, sheet string, shape sheetShape, yield func(SheetRow, error) bool) {
	rows, err := book.Rows(sheet)
	if err != nil {
		yield(SheetRow{}, err)
		return
	}
	defer rows.Close()
	number := 0
	for rows.Next() {
		number++
		cells, err := rows.Columns()
		if err != nil {
			yield(SheetRow{}, fmt.Errorf("row %d: %w", number, err))
			return
		}
		row := SheetRow{Number: number, Cells: cells}
		for _, column := range shape.formulas[number] {
			for len(row.Cells) <= column {
				row.Cells = append(row.Cells, "")
			}
			row.Cells[column] = ""
			row.Faults = append(row.Faults, CellFault{column, "单元格" + columnName(column) + fmt.Sprint(number) + "是公式，请改为数值（复制后选择性粘贴）"})
		}
		if !yield(row, nil) {
			return
		}
	}
	if err := rows.Error(); err != nil {
		yield(SheetRow{}, fmt.Errorf("row %d: %w", number+1, err))
	} else if number < shape.last {
		yield(SheetRow{}, fmt.Errorf("the sheet is damaged after row %d of %d: save it anew", number, shape.last))
	}
}

// checkSizes refuses a zip bomb by what its directory declares: more than is declared is not read.
func checkSizes(archive *zip.Reader) error {
	var total, inMemory uint64
	for _, f := range archive.File {
		size := f.UncompressedSize64
		if size > maxUnzipped || total+size > maxUnzipped {
			return fmt.Errorf("unpacks to more than %d MiB, a zip bomb perhaps: split the table, or save it as CSV", maxUnzipped>>20)
		}
		total += size
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if size > maxPartInMemory && (name == "xl/sharedstrings.xml" || strings.HasPrefix(name, "xl/worksheets/sheet")) {
			continue
		}
		if inMemory += size; inMemory > maxInMemory {
			return fmt.Errorf("holds more than %d MiB besides its table, pictures perhaps: save the table alone, or as CSV", maxInMemory>>20)
		}
	}
	return nil
}

// firstSheet finds the part that holds the first sheet.
func firstSheet(archive *zip.Reader) (*zip.File, error) {
	var book struct {
		Sheets []struct {
			ID string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	if err := errors.Join(readPart(archive, "xl/workbook.xml", &book), readPart(archive, "xl/_rels/workbook.xml.rels", &rels)); err != nil {
		return nil, fmt.Errorf("a ZIP archive, but not an XLSX file as Excel writes it: %w", err)
	}
	if len(book.Sheets) == 0 {
		return nil, errors.New("the XLSX file has no sheet")
	}
	for _, rel := range rels.Relationship {
		if rel.ID == book.Sheets[0].ID {
			name := strings.TrimPrefix(rel.Target, "/")
			if name == rel.Target {
				name = path.Join("xl", rel.Target)
			}
			if f := findPart(archive, name); f != nil {
				return f, nil
			}
		}
	}
	return nil, errors.New("the XLSX file's first sheet is missing: save it anew")
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
		return fmt.Errorf("no %s in it", name)
	}
	if f.UncompressedSize64 > maxPartInMemory {
		return fmt.Errorf("%s is too large", name)
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer r.Close()
	if err := xml.NewDecoder(io.LimitReader(r, maxPartInMemory)).Decode(v); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
