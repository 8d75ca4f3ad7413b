package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"towncrier/seal"
)

// maxTextsInMemory is the bytes of shared texts beyond which they go to a file.
const maxTextsInMemory = 4 << 20

// errNoText says that a cell names a text that is not there.
var errNoText = errors.New("no such text")

// sharedTexts are the texts that the cells of a workbook share. Many of them are in a file that has no name any more, sealed under a key that
// is nowhere but in memory: whenever the process ends, nothing of them is left.
type sharedTexts struct {
	ends   []uint32 // of each text; all of them are less than maxUnzipped
	memory []byte   // nil when they are in file
	file   *os.File
	sealed *seal.File
}

// readTexts reads a workbook's, which may be nil. temp is a folder, "" for the system's.
func readTexts(part *zip.File, temp string) (*sharedTexts, error) {
	s := &sharedTexts{}
	if part == nil {
		return s, nil
	}
	out := textWriterTo{texts: s, temp: temp}
	var open, phonetic bool
	var text []byte
	inText := 0
	err := scanXML(part, func(tag xmlTag, before []byte) error {
		if inText += len(before); inText > maxCellXML {
			return fmt.Errorf("有单元格内容过大（文件的第%d个文本）：请清除", len(s.ends)+1)
		}
		switch string(tag.name) {
		case "si":
			if len(s.ends) == maxTexts {
				return fmt.Errorf("不同的文本超过%d个：请另存为 CSV", maxTexts)
			}
			inText, text, open = 0, text[:0], !tag.empty()
			if !open {
				return out.add("")
			}
		case "rPh":
			phonetic = !tag.empty()
		case "/rPh":
			phonetic = false
		case "/t":
			if open && !phonetic {
				text = append(text, before...)
			}
		case "/si":
			open = false
			return out.add(unescapeControls(unescapeXML(text)))
		}
		return nil
	})
	if errors.Is(err, errForbidden) {
		err = fmt.Errorf("文件的第%d个文本：%w", len(s.ends)+1, err)
	}
	if err == nil {
		err = out.end()
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// at is the text with a number, from 0. It may be used from one goroutine at a time.
func (s *sharedTexts) at(number int) (string, error) {
	if number < 0 || number >= len(s.ends) {
		return "", errNoText
	}
	from, end := uint32(0), s.ends[number]
	if number > 0 {
		from = s.ends[number-1]
	}
	if s.sealed == nil {
		return string(s.memory[from:end]), nil
	}
	text := make([]byte, end-from)
	_, err := s.sealed.ReadAt(text, int64(from))
	return string(text), err
}

func (s *sharedTexts) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// textWriterTo adds texts.
type textWriterTo struct {
	texts *sharedTexts
	temp  string
	size  int
	key   *seal.Sealer
	out   *seal.FileWriter // nil while they are in memory
}

// add keeps of a text that is too long for a cell as much as shows that.
func (w *textWriterTo) add(text string) error {
	s := w.texts
	text = text[:min(len(text), maxCell+1)]
	w.size += len(text)
	s.ends = append(s.ends, uint32(w.size))
	if w.out == nil && w.size > maxTextsInMemory {
		if err := w.spill(); err != nil {
			return err
		}
	}
	if w.out == nil {
		s.memory = append(s.memory, text...)
		return nil
	}
	_, err := io.WriteString(w.out, text)
	return err
}

// spill moves the texts to a file that is gone as soon as it is closed.
func (w *textWriterTo) spill() (err error) {
	s := w.texts
	if s.file, err = os.CreateTemp(w.temp, "towncrier-texts-"); err != nil {
		return err
	}
	if err := os.Remove(s.file.Name()); err != nil {
		return err
	}
	if w.key, err = seal.New(seal.NewKey()); err != nil {
		return err
	}
	if w.out, err = w.key.NewFile(s.file, "texts"); err != nil {
		return err
	}
	_, err = w.out.Write(s.memory)
	s.memory = nil
	return err
}

func (w *textWriterTo) end() error {
	if w.out == nil {
		return nil
	}
	if err := w.out.Close(); err != nil {
		return err
	}
	info, err := w.texts.file.Stat()
	if err != nil {
		return err
	}
	if w.texts.sealed, err = w.key.OpenFile(w.texts.file, info.Size(), "texts"); err == nil {
		w.texts.sealed.Keep(maxTextsInMemory / 2)
	}
	return err
}

// referenced is the character that a reference of XML names, which was found good.
func referenced(name []byte) string {
	switch string(name) {
	case "amp":
		return "&"
	case "lt":
		return "<"
	case "gt":
		return ">"
	case "quot":
		return `"`
	case "apos":
		return "'"
	}
	digits, base := strings.TrimPrefix(string(name), "#"), 10
	if hex, is := strings.CutPrefix(digits, "x"); is {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 31)
	if err != nil {
		return string(utf8.RuneError)
	}
	return string(rune(n))
}

// unescapeControls reads _xHHHH_, by which spreadsheets write what XML does not admit, and an underscore before such a thing.
func unescapeControls(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var out strings.Builder
	for text != "" {
		unit, ok := controlAt(text)
		if !ok {
			out.WriteByte(text[0])
			text = text[1:]
			continue
		}
		text = text[len("_x0000_"):]
		if second, ok := controlAt(text); ok && utf16.IsSurrogate(unit) {
			if pair := utf16.DecodeRune(unit, second); pair != utf8.RuneError {
				unit, text = pair, text[len("_x0000_"):]
			}
		}
		out.WriteRune(unit)
	}
	return out.String()
}

func controlAt(text string) (unit rune, ok bool) {
	if len(text) < len("_x0000_") || text[:2] != "_x" || text[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}
