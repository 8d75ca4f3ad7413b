package api

import (
	"net/http"
	"slices"

	"towncrier/broadcast"
	"towncrier/staff"
)

// tagRights knows the tags that the city names as sensitive: only members of staff who keep residents' entries see and use them.
type tagRights struct {
	broadcasts *broadcast.Service // nil without the city's content, where no tag is sensitive
}

func (t tagRights) sensitive(tag string) bool {
	return t.broadcasts != nil && t.broadcasts.Content().City.Sensitive(tag)
}

// mayUse says whether the caller may see a tag, and choose by it.
func (t tagRights) mayUse(caller staff.Person, tag string) bool {
	return caller.Role.May(staff.WriteResidents) || !t.sensitive(tag)
}

// mayAddress refuses an audience that is chosen by a sensitive tag: everybody who gets the broadcast has it.
func (t tagRights) mayAddress(caller staff.Person, audience broadcast.Rule) error {
	return t.mayChoose(caller, "body.proposal.audience", tagsOf(audience)...)
}

// mayChoose refuses a sensitive tag, which stands at a location of the request.
func (t tagRights) mayChoose(caller staff.Person, at string, tags ...string) error {
	if slices.ContainsFunc(tags, func(tag string) bool { return !t.mayUse(caller, tag) }) {
		return refuse(http.StatusForbidden, "right", "这个标签属于敏感信息，您没有使用的权限：请由社区工作者或管理员办理",
			faultAt(at, "属于敏感信息，请换一个标签"))
	}
	return nil
}

// tagsOf are the tags that a rule names.
func tagsOf(r broadcast.Rule) (tags []string) {
	if r.Tag != "" {
		tags = append(tags, r.Tag)
	}
	for _, inner := range slices.Concat(r.And, r.Or) {
		tags = append(tags, tagsOf(inner)...)
	}
	if r.Not != nil {
		tags = append(tags, tagsOf(*r.Not)...)
	}
	return tags
}
