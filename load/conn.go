package load

// conn is a connection of a client.
type conn struct {
	id      int // its number in the transport
	client  *client
	addr    string
	replies replies
	sent    queue  // which of the client's requests are on their way here, in the order of their replies
	unsent  []byte // what waits for room in the socket
	begun   int    // how much of it is sent

	up      bool
	lost    bool     // it has been up
	dialing bool     // somebody makes it
	held    []uint32 // requests that wait until it is up
	why     string   // the last was not made, for people
	touched bool
}

// What a place has beside it.
const (
	ofAsking   = 1 << 31 // the reply is to no request: to ASKING
	withAsking = 1 << 30 // the request has ASKING before it
)

// queue is the places in a batch of requests that are on their way, oldest first: a ring of a power of two.
type queue struct {
	places     []uint32
	head, tail uint32 // they run over
}

// newQueue has room for n.
func newQueue(n int) queue {
	size := 1
	for size < n {
		size *= 2
	}
	return queue{places: make([]uint32, size)}
}

func (q *queue) empty() bool { return q.head == q.tail }

// first is what pop would return.
func (q *queue) first() uint32 { return q.places[q.head&uint32(len(q.places)-1)] }

func (q *queue) push(place uint32) {
	q.places[q.tail&uint32(len(q.places)-1)] = place
	q.tail++
}

func (q *queue) pop() uint32 {
	place := q.places[q.head&uint32(len(q.places)-1)]
	q.head++
	return place
}

// write sends b behind what waits to be sent. b is the caller's again when it returns.
func (w *worker) write(n *conn, b []byte) {
	if len(n.unsent) == 0 {
		sent, err := w.transport.write(n.id, b)
		if err != nil {
			w.broken(n.id, err)
			return
		}
		b = b[sent:]
	}
	if len(b) > 0 {
		n.unsent = append(n.unsent, b...)
	}
}

// writable goes on with what waited for room.
func (w *worker) writable(id int) {
	n := w.conns[id]
	sent, err := w.transport.write(id, n.unsent[n.begun:])
	if err != nil {
		w.broken(id, err)
		return
	}
	if n.begun += sent; n.begun == len(n.unsent) {
		n.sendNothing()
	}
}

// sendNothing forgets what waited for room.
func (n *conn) sendNothing() {
	n.unsent, n.begun = n.unsent[:0], 0
	if cap(n.unsent) > spacious {
		n.unsent = nil
	}
}
