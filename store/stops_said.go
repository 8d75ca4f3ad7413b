package store

import (
	"encoding/hex"
	"slices"

	"towncrier/phone"
	"towncrier/roster"
)

// stopLines is what stops.log has to say of an edit of rows: in before what must not be lost when the edit is kept, in after what must not
// be there when it is not.
func (s *residents) stopLines(rows map[string]residentRow, edit roster.Edit) (before, after []stopLine) {
	for number, why := range edit.Suppress {
		line := stopLine{what: logStop, who: s.whoHas(number, "")}
		switch why {
		case roster.Erased:
			line.what = logErase
		case "":
			line.what = logStart
			after = append(after, line)
			continue
		}
		before = append(before, line)
	}
	if edit.Into == "" {
		for _, id := range edit.Remove {
			before = append(before, stopLine{what: logRemove, who: append(subject(id), s.whoHas("", rows[id].OpenID)...)})
		}
	}
	for _, r := range edit.Save {
		row := rows[r.ID]
		if row.OpenID != "" && row.OpenID != r.OpenID && !slices.ContainsFunc(edit.Save, func(o roster.Resident) bool { return o.OpenID == row.OpenID }) {
			before = append(before, stopLine{what: logUnfollow, who: append(subject(r.ID), s.whoHas("", row.OpenID)...)})
		}
		who := append(subject(r.ID), s.whoHas(r.Phone, r.OpenID)...)
		for _, p := range r.Preferences {
			if !p.Wants && !slices.Contains(row.Preferences, p) {
				before = append(before, stopLine{what: logNo, who: who, about: p.Topic + "/" + string(p.Channel)})
			}
		}
		for _, p := range row.Preferences {
			if !p.Wants && !refuses(r, p.Topic, p.Channel) {
				after = append(after, stopLine{what: logYes, who: who, about: p.Topic + "/" + string(p.Channel)})
			}
		}
	}
	return before, after
}

func refuses(r roster.Resident, topic string, channel roster.Channel) bool {
	return slices.ContainsFunc(r.Preferences, func(p roster.Preference) bool { return p.Topic == topic && p.Channel == channel && !p.Wants })
}

func subject(id string) []who {
	raw, err := hex.DecodeString(id)
	if err != nil {
		return nil
	}
	return []who{{whoSubject, string(raw)}}
}

func (s *residents) whoHas(number phone.Number, openid string) (all []who) {
	if number != "" {
		hash := s.db.findPhone(number)
		all = append(all, who{whoPhone, string(hash[:])})
	}
	if openid != "" {
		all = append(all, who{whoOpenID, string(s.db.sealer.Find(openidFind, openid))})
	}
	return all
}
