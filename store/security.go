package store

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
)

// largestFile is the bytes of a file of certificates: all authorities of a system are a fourth of that.
const largestFile = 1 << 20

func (s *servers) readSecurity() (*tls.Config, error) {
	if !s.tls {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.serverName, InsecureSkipVerify: s.skipVerify}
	if s.caCert != "" {
		pem, err := readPEM(s.caCert)
		if err != nil {
			return nil, fmt.Errorf("cacert: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("cacert: %s has no certificate in it", s.caCert)
		}
	}
	if s.cert != "" {
		cert, err := readPEM(s.cert)
		if err != nil {
			return nil, fmt.Errorf("cert: %w", err)
		}
		key, err := readPEM(s.key)
		if err != nil {
			return nil, fmt.Errorf("key: %w", err)
		}
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("cert and key: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// readPEM reads a file that a client may have named: one that does not end would take all memory,
// and one that somebody has to write to first would never be read.
func readPEM(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	pem, err := io.ReadAll(io.LimitReader(f, largestFile+1))
	if err == nil && len(pem) > largestFile {
		err = errors.New(name + " is too large for certificates")
	}
	return pem, err
}
