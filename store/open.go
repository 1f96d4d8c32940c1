package store

import "errors"

// ErrURL is what is no store's URL.
var ErrURL = errors.New("invalid store URL")

// Open returns the store that url names. It connects to nothing yet.
func Open(url string) (Store, error) { return nil, ErrURL }
