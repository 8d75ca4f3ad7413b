package sandbox

import "strconv"

// userInfo is /user/info. Names, pictures, language, sex and region are not among it since 2021-12-27.
func (s *Sandbox) userInfo(c call) (any, *apiError) {
	openid := c.query.Get("openid")
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.residents[openid]
	switch {
	case openid == "":
		return nil, fail(41009)
	case r == nil:
		return nil, fail(40003)
	case !r.follows:
		return struct {
			Follows int    `json:"subscribe"`
			OpenID  string `json:"openid"`
		}{0, openid}, nil
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
	}{Follows: 1, OpenID: openid, FollowedAt: r.followedAt.Unix(), Tags: []int{}, Source: "ADD_SCENE_SEARCH"}
	if r.scene != "" {
		out.Source = "ADD_SCENE_QR_CODE"
		if id, err := strconv.ParseInt(r.scene, 10, 64); err == nil {
			out.SceneID = id
		} else {
			out.SceneStr = r.scene
		}
	}
	return out, nil
}

// apiAddresses are those of documentation (RFC 5737).
func (s *Sandbox) apiAddresses(call) (any, *apiError) {
	return map[string][]string{"ip_list": {"192.0.2.1"}}, nil
}
