package desk

import (
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"
)

// qr is a QR code as an SVG path of dark squares, one unit wide.
type qr struct {
	Size int
	Path string
}

func newQR(text string) (qr, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return qr{}, fmt.Errorf("draw a QR code: %w", err)
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
	return qr{len(squares), path.String()}, nil
}
