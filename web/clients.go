package web

import (
	"context"
	"net/url"
)

// clientsQuery is who was active last.
type clientsQuery struct{ limit uint64 }

const mostClients = 200

func readClients(values url.Values) (query, error) {
	limit, err := number(values, "limit", 0, mostClients, 50)
	return clientsQuery{limit}, err
}

func (clientsQuery) event() string { return "clients" }

type clientsObject struct {
	Now       float64        `json:"now"`
	Connected int            `json:"connected"`
	Clients   []clientObject `json:"clients"`
}

type clientObject struct {
	ID        uint64  `json:"id"`
	Address   string  `json:"address"`
	Name      string  `json:"name"`
	Library   string  `json:"library"`
	Command   string  `json:"command"`
	Connected float64 `json:"connected_seconds"`
	Idle      float64 `json:"idle_seconds"`
	Commands  uint64  `json:"commands"`
}

func (q clientsQuery) object(_ context.Context, s *Server, _ *view) (any, error) {
	clients := s.options.Clients(int(q.limit))
	list := make([]clientObject, len(clients))
	for i, c := range clients {
		list[i] = clientObject{c.ID, nameOf(c.Address), nameOf(c.Name), nameOf(c.Library), nameOf(c.Command), millis(c.Connected.Seconds()), millis(c.Idle.Seconds()), c.Commands}
	}
	return &clientsObject{now(), s.figures.get(askedAge).Clients.Connected, list}, nil
}

// millis is seconds without what nobody needs to know.
func millis(seconds float64) float64 { return float64(int64(seconds*1000)) / 1000 }
