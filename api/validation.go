package api

import "github.com/danielgtaylor/huma/v2/validation"

// oneOf begins what is said of a word that is none of several.
const oneOf = "没有这个选项，可以写："

// init puts words that officials read in place of huma's, which keeps them in variables and reads them as operations are registered.
func init() {
	validation.MsgExpectedOneOf = oneOf + "%s"
}
