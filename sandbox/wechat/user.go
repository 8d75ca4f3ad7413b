package wechat

import (
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"towncrier/sandbox/platform"
)

// users is what the platform knows of the residents.
type users struct {
	base *platform.Base

	mu       sync.Mutex
	byOpenID map[string]*user
}

type user struct {
	platform.Resident
	follows    bool
	followedAt time.Time
	scene      string // of the code that led to the follow
	windows    windows
	agreed     map[string]bool // by subscription template
}

func newUsers(base *platform.Base) *users {
	u := &users{base: base, byOpenID: map[string]*user{}}
	for _, r := range base.Residents.All() {
		known := &user{Resident: r, windows: windows{}, agreed: map[string]bool{}}
		if r.Following {
			known.follows, known.followedAt = true, base.Now()
		}
		for _, id := range r.Agreed {
			known.agreed[id] = true
		}
		u.byOpenID[r.OpenID] = known
	}
	return u
}

// with lets f look at a user, or change one, and gives what f gives. There must be one.
func (u *users) with(openid string, f func(*user) *apiError) *apiError {
	u.mu.Lock()
	defer u.mu.Unlock()
	known := u.byOpenID[openid]
	if known == nil {
		return fail(40003)
	}
	return f(known)
}

// info is /user/info. Names, pictures, language, sex and region are not among it since 2021-12-27.
func (u *users) info(c call) (any, *apiError) {
	openid := c.query.Get("openid")
	if openid == "" {
		return nil, fail(41009)
	}
	out := map[string]any{"subscribe": 0, "openid": openid}
	return out, u.with(openid, func(known *user) *apiError {
		if !known.follows {
			return nil
		}
		source, id, str := "ADD_SCENE_SEARCH", int64(0), ""
		if known.scene != "" {
			source = "ADD_SCENE_QR_CODE"
			var err error
			if id, err = strconv.ParseInt(known.scene, 10, 64); err != nil {
				str = known.scene
			}
		}
		maps.Copy(out, map[string]any{
			"subscribe": 1, "subscribe_time": known.followedAt.Unix(), "remark": "", "groupid": 0, "tagid_list": []int{},
			"subscribe_scene": source, "qr_scene": id, "qr_scene_str": str,
		})
		return nil
	})
}

// apply changes what the platform knows of a user who did something.
func (u *user) apply(a platform.Action, now time.Time) {
	switch a.Kind {
	case platform.Follow, platform.Scan:
		if !u.follows {
			u.follows, u.followedAt, u.scene = true, now, a.Key
			u.windows.open(byFollow, now)
			return
		}
		u.windows.open(byScan, now)
	case platform.Unfollow:
		u.follows, u.scene = false, ""
		clear(u.windows)
	case platform.Consent:
		for _, c := range a.Consents {
			u.agreed[c.Template] = c.Accept
		}
	case platform.Refuse:
		u.agreed[a.Key] = false
	case platform.Click, platform.Choose:
		u.windows.open(byMenu, now)
	case platform.View, platform.Report: // open no window
	default:
		u.windows.open(byMessage, now)
	}
}

// User is what the platform knows of a resident.
type User struct {
	platform.Resident
	Follows bool      `json:"follows"`
	Until   time.Time `json:"until"`  // end of the 48 hours
	Left    int       `json:"left"`   // messages left in them
	Agreed  []string  `json:"agreed"` // ids of subscription templates
}

// list is everybody, in the order of the residents.
func (u *users) list() []User {
	u.mu.Lock()
	defer u.mu.Unlock()
	var all []User
	for _, r := range u.base.Residents.All() {
		known := u.byOpenID[r.OpenID]
		w := known.windows[byMessage]
		agreed := []string{}
		for _, id := range slices.Sorted(maps.Keys(known.agreed)) {
			if known.agreed[id] {
				agreed = append(agreed, id)
			}
		}
		all = append(all, User{Resident: r, Follows: known.follows, Until: w.until, Left: w.left, Agreed: agreed})
	}
	return all
}

// trigger is what a resident did that lets the account write to them of its own accord.
type trigger string

const (
	byMessage trigger = "message"
	byMenu    trigger = "menu" // tapping an option of a menu message counts as this too
	byFollow  trigger = "follow"
	byScan    trigger = "scan"
)

// windows are those of one resident.
type windows map[trigger]window

// window is how long, and how often, the account may still write.
type window struct {
	until time.Time
	left  int
}

// open grants a window afresh: 48 hours and 5 messages after a message, one minute and 3 after the rest (发送客服消息).
func (ws windows) open(t trigger, now time.Time) {
	if t == byMessage {
		ws[t] = window{now.Add(48 * time.Hour), 5}
		return
	}
	ws[t] = window{now.Add(time.Minute), 3}
}

// take uses up one message of the window that ends first.
func (ws windows) take(now time.Time) *apiError {
	var best trigger
	isOpen := false
	for t, w := range ws {
		if !now.Before(w.until) {
			continue
		}
		isOpen = true
		if w.left > 0 && (best == "" || w.until.Before(ws[best].until)) {
			best = t
		}
	}
	switch {
	case !isOpen:
		return fail(45015)
	case best == "":
		return fail(45047)
	}
	w := ws[best]
	w.left--
	ws[best] = w
	return nil
}
