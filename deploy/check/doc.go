// Package check reads what deploy has for Docker Compose and for Kubernetes with the
// types that these use themselves, so that a misspelled or misplaced field is an error
// and not silence. It is a module of its own: the program needs none of its modules.
package check
