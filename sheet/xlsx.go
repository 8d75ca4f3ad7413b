package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
	"strings"

	"towncrier/roster"

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
func (s *File) openXLSX() error {
	archive, err := zip.NewReader(s.file, s.size)
	if err != nil {
		return errors.New("XLSX 文件已损坏，或没有复制完整：请重新复制，或重新保存")
	}
	if err := checkSizes(archive); err != nil {
		return err
	}
	book, err := readBook(archive)
	if err != nil {
		return err
	}
	if err := scanTexts(archive); err != nil {
		return err
	}
	shape, err := scanSheet(book.part)
	if err != nil {
		return err
	}
	spill, err := spillFolder()
	if err != nil {
		return err
	}
	file, err := excelize.OpenFile(s.file.Name(), excelize.Options{
		UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxPartInMemory, RawCellValue: true, TmpDir: spill,
	})
	if err != nil {
		if file != nil {
			err = errors.Join(err, file.Close())
		}
		return errors.Join(fmt.Errorf("不是能读取的 XLSX 文件：%w", err), os.RemoveAll(spill))
	}
	s.close = func() error { return errors.Join(file.Close(), os.RemoveAll(spill)) }
	s.format = "XLSX，工作表“" + book.sheet + "”"
	s.Notes = append(book.notes(), shape.notes()...)
	if props, err := file.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		s.date1904 = *props.Date1904
	}
	s.read = func(yield func(roster.Row, error) bool) { readXLSX(file, book.sheet, shape, yield) }
	return nil
}

func readXLSX(book *excelize.File, sheet string, shape sheetShape, yield func(roster.Row, error) bool) {
	rows, err := book.Rows(sheet)
	if err != nil {
		yield(roster.Row{}, err)
		return
	}
	defer rows.Close()
	number := 0
	merged := mergedCells{all: shape.merges}
	for rows.Next() {
		number++
		cells, err := rows.Columns()
		if err != nil {
			yield(roster.Row{}, fmt.Errorf("第%d行：%w", number, err))
			return
		}
		row := roster.Row{Number: number, Cells: cells}
		for _, column := range shape.formulas[number] {
			if shape.hiddenColumn(column) {
				continue
			}
			for len(row.Cells) <= column {
				row.Cells = append(row.Cells, "")
			}
			row.Cells[column] = ""
			row.Faults = append(row.Faults, roster.CellFault{Column: column, Text: "单元格" + roster.ColumnName(column) + fmt.Sprint(number) + "是公式，请改为数值（复制后选择性粘贴）"})
		}
		merged.show(&row)
		if shape.hiddenRows.Has(number) {
			continue
		}
		for column := range row.Cells {
			if shape.hiddenColumn(column) {
				row.Cells[column] = ""
			}
		}
		if !yield(row, nil) {
			return
		}
	}
	if err := rows.Error(); err != nil {
		yield(roster.Row{}, fmt.Errorf("第%d行：%w", number+1, err))
	} else if number < shape.last {
		yield(roster.Row{}, fmt.Errorf("工作表在第%d行之后已损坏（应有%d行）：请重新保存", number, shape.last))
	}
}

// checkSizes refuses a zip bomb by what its directory declares: more than is declared is not read.
func checkSizes(archive *zip.Reader) error {
	var total, inMemory uint64
	for _, f := range archive.File {
		size := f.UncompressedSize64
		if size > maxUnzipped || total+size > maxUnzipped {
			return fmt.Errorf("解压后超过%d MiB：请把表格分开，或另存为 CSV", maxUnzipped>>20)
		}
		total += size
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		if size > maxPartInMemory && (name == "xl/sharedstrings.xml" || strings.HasPrefix(name, "xl/worksheets/sheet")) {
			continue
		}
		if inMemory += size; inMemory > maxInMemory {
			return fmt.Errorf("表格之外还有超过%d MiB的内容，可能是图片：请只保存表格，或另存为 CSV", maxInMemory>>20)
		}
	}
	return nil
}
