package store

import (
	"errors"
	"strings"
	"testing"
)

func TestOpen_URLs(t *testing.T) {
	for url, want := range map[string]string{
		"redis://localhost":                                              "redis://localhost:6379",
		"REDIS://localhost:7000/3":                                       "redis://localhost:7000/3",
		"redis://a:1,b,[::1]:3,[::2]":                                    "redis://a:1,b:6379,[::1]:3,[::2]:6379",
		"rediss://bob:s3cret@h:1/?skip_verify=true":                      "rediss://bob@h:1",
		"redis://:s3cret@h":                                              "redis://h:6379",
		"redis://bob:@h":                                                 "redis://bob@h:6379",
		"redis://b%40b:s3cret%2F%3F%23%40%25@h/2":                        "redis://b%40b@h:6379/2",
		"redis://bob:s3cret@s3cret@h":                                    "redis://bob@h:6379",
		"redis+sentinel://a,b:7/kv/4":                                    "redis+sentinel://a:26379,b:7/kv/4",
		"rediss+sentinel://u:s3cret@a/kv?wait=1500ms":                    "rediss+sentinel://u@a:26379/kv",
		"redis+sentinel://a/kv?sentinel_user=u&sentinel_password=s3cret": "redis+sentinel://a:26379/kv",
		"rediss://h?cacert=/tls/ca.crt&cert=/tls/c.crt&key=/tls/c.key&servername=redis.local": "rediss://h:6379",
	} {
		s, err := Open(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if got := s.String(); got != want || strings.Contains(got, "s3cret") {
			t.Errorf("%s is %s, want %s", url, got, want)
		}
		s.Close()
	}
}

func TestOpen_SaysWhatIsWrong(t *testing.T) {
	for url, want := range map[string]string{
		"":                                   "begins with redis://",
		"localhost:6379":                     "begins with redis://",
		"http://h":                           "scheme",
		"redis://":                           "there is none",
		"redis://a,":                         "address 2: there is none",
		"redis://:6379":                      "host is missing",
		"redis://h:":                         "port",
		"redis://h:65536":                    "port",
		"redis://h:6379x":                    "port",
		"redis://::1":                        "brackets",
		"redis://h/x":                        "database is a number",
		"redis://h/1/2":                      "too much",
		"redis://s3cret@h":                   "with a colon",
		"redis://u:s3cret%@h":                "%25",
		"redis://%zz:s3cret@h":               "%25",
		"redis://:s3cret/s3cret@h":           "%2F",
		"redis://:s3cret#s3cret@h":           "%23",
		"redis://:s3cret?s3cret@h":           "%40",
		"redis+sentinel://h":                 "name by which",
		"redis+sentinel://h/kv/x":            "database is a number",
		"redis://u:s3cret":                   "port",
		"redis://:s3cret":                    "host is missing",
		"redis://u:s3cret/0":                 "port",
		"redis://h?cacert=x":                 "for TLS",
		"redis://h?skip_verify=true":         "for TLS",
		"rediss://h?cert=x":                  "go together",
		"rediss://h?skip_verify=maybe":       "true or false",
		"redis://h?sentinel_password=s3cret": "redis+sentinel",
		"redis://h?password=s3cret":          "there are cacert",
		"redis://h?s3cret":                   "there are cacert",
		"redis://h?wait=s3cret":              "30s",
		"rediss://h?skip_verify=s3cret":      "true or false",
		"redis://h/s3cret":                   "database is a number",
		"s3cret://h":                         "scheme",
		"redis://h?s3cret=1&s3cret=2":        "given twice",
		"redis://h?wait=%zzs3cret":           "of the form",
		"redis://h?wait=0s":                  "30s",
		"redis://h?wait=1s&wait=2s":          "given twice",
	} {
		_, err := Open(url)
		if !errors.Is(err, ErrURL) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", url, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: the error tells the password: %v", url, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add("redis://u:", "@h/0?wait=1s")
	f.Add("rediss+sentinel://:", "@a,b/kv/3")
	f.Fuzz(func(t *testing.T, before, after string) {
		const secret = "hunter2hunter2"
		s, err := Open(before + secret + after)
		switch {
		case err != nil && strings.Contains(err.Error(), secret):
			t.Errorf("the error tells the password: %v", err)
		case err == nil && strings.HasPrefix(before, "redis://:") && strings.HasPrefix(after, "@") && strings.Contains(s.String(), secret):
			t.Errorf("%s tells the password", s)
		}
	})
}
