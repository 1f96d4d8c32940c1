package resp

// Message is something that is sent to clients and answers no command of
// theirs, as a line of MONITOR or an invalidation. It is written with the
// methods of its Writer, is as long as it needs to be, and nothing of it is sent
// before [Conn.Push].
type Message struct{ Writer }

// NewMessage returns an empty message for clients that speak version 2 or 3 of
// the protocol.
func NewMessage(protocol int) *Message {
	return &Message{Writer{resp3: protocol == 3}}
}
