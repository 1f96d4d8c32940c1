package cli

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"

	urfave "github.com/urfave/cli/v2"
)

// reachUsage are the settings of a server that say how it is reached, in the words of
// who reaches it: with the variables of the server a client is let in.
var reachUsage = map[string]string{
	configFlag:         "the server's file of settings",
	"addr":             "where the server listens",
	"requirepass":      "its password; other users of the machine can see it here, so prefer --requirepass-file",
	"requirepass-file": "file with its password",
	"tls-addr":         "where it listens for TLS; asked there if the command line says so",
	"tls-cert":         "a certificate (PEM) to show to it; a server that shows this one itself is trusted, too",
	"tls-key":          "the key of that certificate (PEM)",
	"tls-ca":           "authorities (PEM) that are trusted beside the system's",
	"http-addr":        "where it tells of itself over HTTP",
	"unix-socket":      "its Unix socket; asked there if the command line says so",
	"store":            "the store, if it is another than the server's own; as a flag other users of the machine can see a password in it",
}

// reach is how a subcommand reaches a server.
type reach struct {
	settings []row // all
	wanted   []row
	given    flagSet // behind the subcommand
}

// newReach takes those of the settings that have one of the names.
func newReach(settings []row, names ...string) *reach {
	r := &reach{settings: settings}
	for _, s := range settings {
		if slices.Contains(names, s.flag) || s.flag == configFlag {
			s.usage = reachUsage[s.flag]
			if s.flag == "http-addr" {
				s.byDefaultText = defaultWebAddress // what a server does where that is taken, nobody asks for
			}
			r.wanted = append(r.wanted, s)
		}
	}
	r.given = newFlags(r.wanted)
	return r
}

// read returns what the file, the environment and the flags say, those before the
// subcommand included, and the server's password.
func (r *reach) read(before flagSet) (c *config, password string, err error) {
	if c, err = readRows(r.wanted, r.settings, os.LookupEnv, before, r.given); err != nil {
		return nil, "", err
	}
	if c.password != "" && c.passwordFile != "" {
		return nil, "", errTwoPasswords
	}
	password, err = c.readPassword()
	return c, password, err
}

// isGiven tells whether the command line has a flag.
func (r *reach) isGiven(name string, before flagSet) bool {
	_, _, ok1 := before.given(&row{flag: name})
	_, _, ok2 := r.given.given(&row{flag: name})
	return ok1 || ok2
}

// clientTLS is how a client speaks TLS with the server at an address.
func (t *tlsFiles) clientTLS(addr string, insecure bool) (*tls.Config, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	var own *x509.Certificate
	if t.cert != "" && t.key != "" {
		pair, err := tls.LoadX509KeyPair(t.cert, t.key)
		if err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		// Not Certificates: those are shown only if the server names their authority.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
		own = pair.Leaf
	}
	trusted, err := x509.SystemCertPool()
	if err != nil {
		trusted = x509.NewCertPool() // an image may have none
	}
	if t.ca != "" {
		pem, err := os.ReadFile(t.ca)
		if err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		if !trusted.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("tls: %s holds no certificate", t.ca)
		}
	}
	config.InsecureSkipVerify = true // VerifyConnection does it
	config.VerifyConnection = func(state tls.ConnectionState) error {
		if insecure {
			return nil
		}
		return trust(state.PeerCertificates, own, trusted, host)
	}
	return config, nil
}

// trust tells whether a server is the one that is meant: it shows the certificate that
// these settings say is its own, or one of a trusted authority for the host.
func trust(shown []*x509.Certificate, own *x509.Certificate, trusted *x509.CertPool, host string) error {
	if len(shown) == 0 {
		return errors.New("tls: the server shows no certificate")
	}
	if own != nil && shown[0].Equal(own) {
		return nil
	}
	between := x509.NewCertPool()
	for _, c := range shown[1:] {
		between.AddCert(c)
	}
	_, err := shown[0].Verify(x509.VerifyOptions{Roots: trusted, Intermediates: between, DNSName: host})
	return err
}

const insecureName = "insecure"

// insecureFlag is for servers whose certificate cannot be checked.
func insecureFlag() urfave.Flag {
	return &urfave.BoolFlag{Name: insecureName, Usage: "take any certificate for the server's"}
}
