package sandbox

import (
	"bytes"
	"crypto/rand"
	"image/jpeg"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/skip2/go-qrcode"
)

const (
	maxQRLife     = 2_592_000 // seconds, 30 days
	defaultQRLife = 60        // seconds
	maxSceneID    = 100_000   // of a permanent code
	maxSceneStr   = 64        // characters
)

// code is a QR code with a scene.
type code struct {
	ticket  string
	scene   string
	url     string    // what the picture holds
	expires time.Time // zero: never
}

func (c code) good(now time.Time) bool { return c.expires.IsZero() || now.Before(c.expires) }

func (s *Sandbox) qrCreate(c call) (any, *apiError) {
	var in struct {
		Life   *int64 `json:"expire_seconds"`
		Action string `json:"action_name"`
		Info   struct {
			Scene struct {
				ID  int64  `json:"scene_id"`
				Str string `json:"scene_str"`
			} `json:"scene"`
		} `json:"action_info"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	id, str := in.Info.Scene.ID, in.Info.Scene.Str
	strOK := str != "" && utf8.RuneCountInString(str) <= maxSceneStr
	scene, temporary, good := str, true, strOK
	switch in.Action {
	case "QR_SCENE":
		scene, good = strconv.FormatInt(id, 10), id > 0 && id < 1<<32
	case "QR_STR_SCENE":
	case "QR_LIMIT_SCENE":
		scene, good, temporary = strconv.FormatInt(id, 10), id > 0 && id <= maxSceneID, false
	case "QR_LIMIT_STR_SCENE":
		temporary = false
	default:
		good = false
	}
	if !good {
		return nil, fail(40053)
	}
	life := int64(defaultQRLife)
	if in.Life != nil {
		life = *in.Life
	}
	if temporary && (life < 1 || life > maxQRLife) {
		return nil, fail(40035)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	made := s.mint(scene)
	out := struct {
		Ticket string `json:"ticket"`
		Life   int64  `json:"expire_seconds,omitempty"`
		URL    string `json:"url"`
	}{Ticket: made.ticket, URL: made.url}
	if temporary {
		made.expires = s.cfg.Now().Add(time.Duration(life) * time.Second)
		out.Life = life
	}
	s.codes = append(s.codes, made)
	s.record.change()
	return out, nil
}

func (s *Sandbox) mint(scene string) code {
	return code{ticket: "gQ" + rand.Text() + rand.Text(), scene: scene, url: "http://weixin.qq.com/q/" + rand.Text()}
}

// ticketOf gives the ticket of a scene's newest code; a poster may also carry one that was made elsewhere. s.mu is held.
func (s *Sandbox) ticketOf(scene string) string {
	now := s.cfg.Now()
	for i := len(s.codes) - 1; i >= 0; i-- {
		if c := s.codes[i]; c.scene == scene && c.good(now) {
			return c.ticket
		}
	}
	return s.mint(scene).ticket
}

// showQRCode is the picture of a code: a JPEG, 430 pixels wide like the platform's; 404 for a ticket that is not good.
func (s *Sandbox) showQRCode(w http.ResponseWriter, r *http.Request) {
	found := code{}
	s.mu.Lock()
	for _, c := range s.codes {
		if c.ticket == r.URL.Query().Get("ticket") && c.good(s.cfg.Now()) {
			found = c
		}
	}
	s.mu.Unlock()
	if found.ticket == "" {
		http.NotFound(w, r)
		return
	}
	qr, err := qrcode.New(found.url, qrcode.Medium)
	if err != nil {
		http.Error(w, "picture cannot be drawn", http.StatusInternalServerError)
		return
	}
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, qr.Image(430), nil); err != nil {
		http.Error(w, "picture cannot be drawn", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/jpg") // as the platform spells it
	w.Write(picture.Bytes())
}
