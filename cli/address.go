package cli

import (
	"context"
	"net"
)

// address is where to listen. Whether it is one of this machine is found out
// by listening.
func address() kind[string] {
	k := word("HOST:PORT", "HOST:PORT, such as 127.0.0.1:7171")
	k.read = func(text string) (string, error) {
		_, port, err := net.SplitHostPort(text)
		if err != nil || port == "" {
			return "", errNotValue
		}
		if _, err := net.DefaultResolver.LookupPort(context.Background(), "tcp", port); err != nil {
			return "", errNotValue
		}
		return text, nil
	}
	return k
}
