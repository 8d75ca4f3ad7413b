package page

import (
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"
)

// QR is a QR code as an SVG path of dark squares, one unit wide, for the part "qr".
type QR struct {
	Size  int
	Path  string
	Label string // what it is, for who cannot see it
}

// NewQR draws a text.
func NewQR(text, label string) (QR, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return QR{}, fmt.Errorf("draw a QR code: %w", err)
	}
	squares := code.Bitmap()
	var path strings.Builder
	for y, row := range squares {
		for x, dark := range row {
			if dark {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return QR{len(squares), path.String(), label}, nil
}
