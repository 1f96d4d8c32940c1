package resp

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"sync/atomic"
)

// ClientCertificates says whether clients must show a certificate.
type ClientCertificates string

// The kinds of ClientCertificates.
const (
	ClientsNone     ClientCertificates = "no"
	ClientsOptional ClientCertificates = "optional"
	ClientsRequired ClientCertificates = "yes"
)

// Certificates are the files that TLS needs. They are read by Load, again
// whenever that is called; a connection has what was loaded last.
type Certificates struct {
	Cert, Key string // PEM files of the server
	CA        string // PEM file of those who sign clients' certificates
	Clients   ClientCertificates

	loaded atomic.Pointer[tls.Config]
}

// Load reads the files. On an error what was loaded before stays.
func (c *Certificates) Load() error {
	pair, err := tls.LoadX509KeyPair(c.Cert, c.Key)
	if err != nil {
		return fmt.Errorf("tls: %w", err)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}}
	switch c.Clients {
	case ClientsOptional:
		config.ClientAuth = tls.VerifyClientCertIfGiven
	case ClientsRequired:
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if c.CA != "" {
		pem, err := os.ReadFile(c.CA)
		if err != nil {
			return fmt.Errorf("tls: %w", err)
		}
		config.ClientCAs = x509.NewCertPool()
		if !config.ClientCAs.AppendCertsFromPEM(pem) {
			return fmt.Errorf("tls: %s holds no certificate", c.CA)
		}
	}
	c.loaded.Store(config)
	return nil
}

// Config returns the configuration for [Server.ServeTLS].
func (c *Certificates) Config() *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return c.loaded.Load(), nil },
	}
}
