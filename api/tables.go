package api

import (
	"io"

	"towncrier/roster"
	"towncrier/sheet"
)

// tableFile answers with rows as a file of a format.
func tableFile(name, format string, rows roster.Rows) *streamed {
	return streamFile(name+"."+format, sheet.ContentType(format), func(w io.Writer) error {
		out, err := sheet.NewWriter(w, format)
		if err != nil {
			return err
		}
		for row, err := range rows {
			if err != nil {
				return err
			}
			if err := out.Write(row); err != nil {
				return err
			}
		}
		return out.Close()
	})
}
