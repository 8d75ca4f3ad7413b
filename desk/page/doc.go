// Package page is what all pages of the desk are made with: the shell around them, forms, refusals beside their fields, parts that look and
// behave alike, and the operations that they do.
//
// A page does an operation of the API as a Go call. So it has the same rights, limits, words and records, and can do nothing that the API
// cannot. Everything is made on the server: what is changed is posted, answered with 303, and shown by a GET that changes nothing.
package page
