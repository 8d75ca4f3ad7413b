package wechat

import (
	"bytes"
	"crypto/rand"
	"image/jpeg"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/skip2/go-qrcode"

	"towncrier/sandbox/platform"
)

const (
	maxQRLife     = 2_592_000 // seconds, 30 days
	defaultQRLife = 60        // seconds
	maxSceneID    = 100_000   // of a permanent code
	maxSceneStr   = 64        // characters
)

// codes are the QR codes that the account created.
type codes struct {
	base *platform.Base

	mu   sync.Mutex
	list []code
}

// code is a QR code with a scene.
type code struct {
	ticket  string
	scene   string
	url     string    // what the picture holds
	expires time.Time // zero: never
}

// create is /qrcode/create.
func (q *codes) create(c call) (any, *apiError) {
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
	made := newCode(scene)
	out := struct {
		Ticket string `json:"ticket"`
		Life   int64  `json:"expire_seconds,omitempty"`
		URL    string `json:"url"`
	}{Ticket: made.ticket, URL: made.url}
	if temporary {
		made.expires = q.base.Now().Add(time.Duration(life) * time.Second)
		out.Life = life
	}
	q.mu.Lock()
	q.list = append(q.list, made)
	q.mu.Unlock()
	q.base.Record.Changed()
	return out, nil
}

// ticketOf gives the ticket of a scene's newest code; a poster may also carry one that was made elsewhere.
func (q *codes) ticketOf(scene string) string {
	for _, c := range slices.Backward(q.good()) {
		if c.scene == scene {
			return c.ticket
		}
	}
	return newCode(scene).ticket
}

// scenes are those of the codes that are good, the oldest first.
func (q *codes) scenes() []string {
	var list []string
	for _, c := range q.good() {
		list = append(list, c.scene)
	}
	return list
}

// good are the codes that did not expire, the oldest first.
func (q *codes) good() []code {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.base.Now()
	q.list = slices.DeleteFunc(q.list, func(c code) bool { return !c.expires.IsZero() && !now.Before(c.expires) })
	return slices.Clone(q.list)
}

// show is the picture of a code: a JPEG, 430 pixels wide like the platform's; 404 for a ticket that is not good.
func (q *codes) show(w http.ResponseWriter, r *http.Request) {
	good := q.good()
	i := slices.IndexFunc(good, func(c code) bool { return c.ticket == r.URL.Query().Get("ticket") })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	var picture bytes.Buffer
	qr, err := qrcode.New(good[i].url, qrcode.Medium)
	if err == nil {
		err = jpeg.Encode(&picture, qr.Image(430), nil)
	}
	if err != nil {
		http.Error(w, "picture cannot be drawn", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/jpg") // as the platform spells it
	w.Write(picture.Bytes())
}

func newCode(scene string) code {
	return code{ticket: "gQ" + rand.Text() + rand.Text(), scene: scene, url: "http://weixin.qq.com/q/" + rand.Text()}
}
