package store

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ErrURL is what is no store's URL.
var ErrURL = errors.New("invalid store URL")

// defaultWait is how long what is out of reach is waited for.
const defaultWait = 30 * time.Second

// place is where a store is and how one gets in.
type place struct {
	tls      bool
	user     string
	password string
	addrs    []string // of Sentinels if master is set
	master   string   // the name by which Sentinels know the primary
	db       int

	caCert, cert, key string
	serverName        string
	skipVerify        bool
	sentinelUser      string
	sentinelPassword  string
	wait              time.Duration
}

// Open returns the store that a URL names: redis:// or rediss://[user:password@]host:port[,host:port…][/db],
// redis+sentinel:// or rediss+sentinel://[user:password@]host:port[,host:port…]/name[/db], each with
// parameters behind a question mark. It connects to nothing yet.
func Open(url string) (Store, error) {
	p, err := parse(url)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, err)
	}
	return newServers(p), nil
}

// parse is by hand: net/url takes no list of hosts, and quotes all of a URL that it refuses. Errors
// quote nothing: where a character is forgotten, a password stands in another's place.
func parse(raw string) (place, error) {
	p := place{wait: defaultWait}
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return p, errors.New("it begins with redis://, rediss://, redis+sentinel:// or rediss+sentinel://")
	}
	sentinel := false
	switch strings.ToLower(scheme) {
	case "redis":
	case "rediss":
		p.tls = true
	case "redis+sentinel":
		sentinel = true
	case "rediss+sentinel":
		p.tls, sentinel = true, true
	default:
		return p, errors.New("the scheme is redis, rediss (with TLS), redis+sentinel or rediss+sentinel")
	}
	authority := rest
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, rest = rest[:i], rest[i:]
	} else {
		rest = ""
	}
	rest, query, _ := strings.Cut(rest, "?")
	if strings.ContainsAny(rest+query, "@#") {
		return p, errors.New("/, ?, # and @ in a name or password are written as %2F, %3F, %23 and %40")
	}
	if err := p.enter(&authority); err != nil {
		return p, err
	}
	port := "6379"
	if sentinel {
		port = "26379"
	}
	for i, host := range strings.Split(authority, ",") {
		addr, err := hostPort(host, port)
		if err != nil {
			return p, fmt.Errorf("address %d: %w", i+1, err)
		}
		p.addrs = append(p.addrs, addr)
	}
	if err := p.way(rest, sentinel); err != nil {
		return p, err
	}
	return p, p.parameters(query, sentinel)
}

// enter takes the name and the password off the front of authority.
func (p *place) enter(authority *string) error {
	i := strings.LastIndexByte(*authority, '@')
	if i < 0 {
		return nil
	}
	user, password, ok := strings.Cut((*authority)[:i], ":")
	*authority = (*authority)[i+1:]
	if !ok {
		// redis-cli takes a single word for the password: here it would be shown as a name.
		return errors.New("before the @ stand a user and a password with a colon between them: user:password@ or :password@")
	}
	var err error
	if p.user, err = url.PathUnescape(user); err != nil {
		return errors.New("the user: % is followed by two hexadecimal digits; a % itself is written as %25")
	}
	if p.password, err = url.PathUnescape(password); err != nil {
		return errors.New("the password: % is followed by two hexadecimal digits; a % itself is written as %25")
	}
	return nil
}

func hostPort(s, defaultPort string) (string, error) {
	if s == "" {
		return "", errors.New("there is none")
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		if strings.Contains(s, ":") && !(strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]")) {
			return "", errors.New("it is no host:port; an IPv6 address stands in brackets")
		}
		host, port = strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"), defaultPort
	}
	if host == "" {
		return "", errors.New("its host is missing")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", errors.New("a port is a number from 1 to 65535")
	}
	return net.JoinHostPort(host, port), nil
}

// way reads what stands behind the hosts: the name of a primary, the number of a database.
func (p *place) way(path string, sentinel bool) error {
	words := strings.Split(strings.Trim(path, "/"), "/")
	if words[0] == "" {
		words = nil
	}
	if sentinel {
		if len(words) == 0 {
			return errors.New("the name by which the Sentinels know the primary is missing: redis+sentinel://host:port/name")
		}
		master, err := url.PathUnescape(words[0])
		if err != nil {
			return errors.New("the name of the primary: % is followed by two hexadecimal digits")
		}
		p.master, words = master, words[1:]
	}
	switch len(words) {
	case 0:
		return nil
	case 1:
		n, err := strconv.ParseUint(words[0], 10, 31)
		if err != nil {
			return errors.New("a database is a number")
		}
		p.db = int(n)
		return nil
	}
	return errors.New("there is too much behind the hosts")
}

func (p *place) parameters(query string, sentinel bool) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("the parameters are of the form name=value&name=value, with % before two hexadecimal digits")
	}
	for name, given := range values {
		if len(given) != 1 {
			return errors.New("a parameter is given twice")
		}
		value := given[0]
		switch name {
		case "cacert":
			p.caCert = value
		case "cert":
			p.cert = value
		case "key":
			p.key = value
		case "servername":
			p.serverName = value
		case "skip_verify":
			if p.skipVerify, err = strconv.ParseBool(value); err != nil {
				return errors.New("skip_verify is true or false")
			}
		case "sentinel_user":
			p.sentinelUser = value
		case "sentinel_password":
			p.sentinelPassword = value
		case "wait":
			if p.wait, err = time.ParseDuration(value); err != nil || p.wait <= 0 {
				return errors.New("wait is a time like 30s")
			}
		default:
			return errors.New("a parameter that is not known: there are cacert, cert, key, servername, skip_verify, sentinel_user, sentinel_password and wait")
		}
	}
	if !p.tls && (p.caCert != "" || p.cert != "" || p.key != "" || p.serverName != "" || p.skipVerify) {
		return errors.New("cacert, cert, key, servername and skip_verify are for TLS: rediss:// or rediss+sentinel://")
	}
	if (p.cert == "") != (p.key == "") {
		return errors.New("cert and key go together")
	}
	if !sentinel && (p.sentinelUser != "" || p.sentinelPassword != "") {
		return errors.New("sentinel_user and sentinel_password are for redis+sentinel:// and rediss+sentinel://")
	}
	return nil
}

// String is the URL without the password and the parameters.
func (p *place) String() string {
	var b strings.Builder
	b.WriteString("redis")
	if p.tls {
		b.WriteByte('s')
	}
	if p.master != "" {
		b.WriteString("+sentinel")
	}
	b.WriteString("://")
	if p.user != "" {
		b.WriteString(url.User(p.user).String() + "@")
	}
	b.WriteString(strings.Join(p.addrs, ","))
	if p.master != "" {
		b.WriteString("/" + url.PathEscape(p.master))
	}
	if p.db != 0 {
		b.WriteString("/" + strconv.Itoa(p.db))
	}
	return b.String()
}
