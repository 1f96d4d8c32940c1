package store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
)

// permanent is an error that waiting does not mend.
type permanent struct{ error }

func (e permanent) Unwrap() error { return e.error }

// passes tells whether what failed may be well again after a while.
func passes(err error) bool {
	var p permanent
	return !errors.As(err, &p)
}

// explain says for people why a server could not be asked. What comes from a server is no
// secret of ours: none of it repeats a password.
func explain(addr string, err error) error {
	var (
		dns       *net.DNSError
		record    tls.RecordHeaderError
		unknownCA x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		alert     tls.AlertError
	)
	if text, ok := refused(err); ok {
		word, _, _ := strings.Cut(text, " ")
		switch word {
		case "LOADING", "CLUSTERDOWN", "TRYAGAIN", "MASTERDOWN", "BUSY", "MOVED", "ASK", "READONLY":
			return fmt.Errorf("%s: %s", addr, text)
		case "NOAUTH":
			return permanent{fmt.Errorf("%s wants a password: user:password@ or :password@ before the host (%s)", addr, text)}
		case "WRONGPASS":
			return permanent{fmt.Errorf("%s refuses the user or the password (%s)", addr, text)}
		case "NOPERM":
			return permanent{fmt.Errorf("%s does not let the user do this (%s)", addr, text)}
		}
		if strings.Contains(text, "max number of clients") {
			return fmt.Errorf("%s: %s", addr, text)
		}
		return permanent{fmt.Errorf("%s: %s", addr, text)}
	}
	switch {
	case errors.Is(err, errNonsense), strings.HasPrefix(err.Error(), "redigo"):
		return permanent{fmt.Errorf("%s does not speak the Redis protocol", addr)}
	case errors.Is(err, errHuge):
		return permanent{fmt.Errorf("%s: %w", addr, err)}
	case errors.Is(err, net.ErrClosed):
		return errClosed
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("%s does not answer in time (%w)", addr, err)
	case errors.As(err, &dns):
		return fmt.Errorf("%s: the host is not known (%w)", addr, err)
	case errors.As(err, &record):
		return permanent{fmt.Errorf("%s does not speak TLS: redis:// is without", addr)}
	case errors.As(err, &unknownCA):
		return permanent{fmt.Errorf("%s: nobody that is trusted has signed its certificate; cacert= names a file of who is (%w)", addr, err)}
	case errors.As(err, &hostname), errors.As(err, &invalid):
		return permanent{fmt.Errorf("%s: its certificate is not valid (%w)", addr, err)}
	case errors.As(err, &alert):
		return permanent{fmt.Errorf("%s ends the TLS connection (%w)", addr, err)}
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err // it repeats the address
	}
	return fmt.Errorf("%s: %w", addr, err)
}
