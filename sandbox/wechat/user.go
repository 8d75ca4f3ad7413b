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
	var out any
	failed := u.with(openid, func(known *user) *apiError {
		out = known.info()
		return nil
	})
	return out, failed
}

func (u *user) info() any {
	if !u.follows {
		return struct {
			Follows int    `json:"subscribe"`
			OpenID  string `json:"openid"`
		}{0, u.OpenID}
	}
	out := struct {
		Follows    int    `json:"subscribe"`
		OpenID     string `json:"openid"`
		FollowedAt int64  `json:"subscribe_time"`
		Remark     string `json:"remark"`
		Group      int    `json:"groupid"`
		Tags       []int  `json:"tagid_list"`
		Source     string `json:"subscribe_scene"`
		SceneID    int64  `json:"qr_scene"`
		SceneStr   string `json:"qr_scene_str"`
	}{Follows: 1, OpenID: u.OpenID, FollowedAt: u.followedAt.Unix(), Tags: []int{}, Source: "ADD_SCENE_SEARCH"}
	if u.scene != "" {
		out.Source = "ADD_SCENE_QR_CODE"
		if id, err := strconv.ParseInt(u.scene, 10, 64); err == nil {
			out.SceneID = id
		} else {
			out.SceneStr = u.scene
		}
	}
	return out
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
