package signin

import "time"

// Occupy has every computation of passphrases taken, until free, so that nobody's turn comes.
func (s *Service) Occupy() (free func()) {
	s.hasher.patience = time.Millisecond
	for range computations {
		s.hasher.free <- struct{}{}
	}
	return func() {
		s.hasher.patience = patience
		for range computations {
			<-s.hasher.free
		}
	}
}
