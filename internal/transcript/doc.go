// Package transcript reads and writes text files that look like sessions of
// redis-cli, and compares them with what a server replies.
//
//	# What follows a number sign is a comment.
//	--- a block: it begins on an empty server
//	> PT.CLAIMNEXT vec: COUNT 2
//	1) (integer) 0
//	2) (integer) 1
//	> PT.DELITER OPEN vec:
//	"$token"
//	> PT.DELITER NEXT $token COUNT 0
//	(empty array)
//	> SPOP vec: 0
//	# RESP2
//	(empty array)
//	# RESP3
//	(empty set)
//
// The lines under a command are its reply as redis-cli --no-raw prints it, in
// both protocols, or in that of the mark above them. In a reply * stands for
// any text of a line. $name stands for text without blanks and quotes: the
// first time it takes the text, from then on, in commands also, it is that
// text. A reply ends with the next command, comment or empty line; empty lines
// of the reply itself and blanks at the end of a line are left out.
//
// It knows the format of these files and RESP. It must not know a command of
// this program, or the code behind one.
package transcript
