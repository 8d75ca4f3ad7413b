// Package compose has the desk's pages on which broadcasts and series are written. A form without scripts says all of what is written, the
// audience included; what it would do is asked of the API before anything is kept.
package compose
