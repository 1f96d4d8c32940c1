package workload

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// What a file may have. It is much more than somebody writes, and soon read.
const (
	maxFile   = 256 << 10
	maxPhases = 256
	maxOps    = 64
)

// draft is a workload as it is being read.
type draft struct {
	Workload
	said     []string   // fields
	defaults draftPhase // what stands at the top for all phases
	phases   []draftPhase
}

// draftPhase is a phase as it is being read.
type draftPhase struct {
	Phase
	at       string // where it stands
	said     []string
	ops      []draftOp
	endIsSet bool // by a setting
}

func newDraft() *draft {
	d := new(draft)
	setDefaults(&d.Workload, workloadFields())
	setDefaults(&d.defaults.Phase, phaseFields())
	return d
}

// file is a file that is being read.
type file struct{ name string }

func (f file) at(n *yaml.Node) string { return fmt.Sprintf("%s:%d", f.name, n.Line) }

func (f file) wrong(at *yaml.Node, format string, a ...any) error {
	return fmt.Errorf("%s: %s", f.at(at), fmt.Sprintf(format, a...))
}

// parseFile reads a file: YAML, of which it takes the texts. What YAML itself has for a number or a truth does
// not matter, and there are no anchors: with them a short text can be a very long one.
func parseFile(name string, text []byte) (*draft, error) {
	f := file{name}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s has more than %d bytes", name, maxFile)
	}
	var documents []yaml.Node
	if err := yaml.Load(text, &documents, yaml.WithAllDocuments()); err != nil {
		return nil, f.notYAML(err)
	}
	switch {
	case len(documents) == 0 || documents[0].Content[0].ShortTag() == "!!null":
		return nil, fmt.Errorf("%s: there is no workload in it", name)
	case len(documents) > 1:
		return nil, f.wrong(&documents[1], "there is one workload in a file")
	}
	return f.workload(documents[0].Content[0])
}

// notYAML tells what the parser has found.
func (f file) notYAML(err error) error {
	var found *yaml.LoadError
	if !errors.As(err, &found) || found.Mark.Line == 0 {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	return fmt.Errorf(`%s:%d: %s; perhaps a text with a special sign in it, such as "vec:", needs quotes`, f.name, found.Mark.Line, found.Message)
}

func (f file) workload(top *yaml.Node) (*draft, error) {
	d := newDraft()
	var phases *yaml.Node
	fields, shared := workloadFields(), topFields()
	known := append(names(fields, ""), names(shared, "")...)
	err := f.eachField(top, OfWorkload, known, &d.said, func(name string, value *yaml.Node) error {
		if own := find(fields, name); own == nil {
			return take(f, find(shared, name), &d.defaults.Phase, value)
		} else if own.set != nil {
			return take(f, own, &d.Workload, value)
		}
		phases = value
		return nil
	})
	if err != nil || phases == nil {
		return d, err
	}
	// Now that all is known that they have in common.
	entries, err := f.list(phases, "phases", maxPhases)
	for _, entry := range entries {
		if err == nil {
			err = f.phase(d, entry)
		}
	}
	for _, e := range d.defaults.Expect {
		if unknown := hasOp(d.phases, e); err == nil && unknown != nil {
			err = fmt.Errorf("%s: expect: %w", f.name, unknown)
		}
	}
	return d, err
}

// topFields are fields of phases that may stand at the top.
func topFields() (top []field[Phase]) {
	return slices.DeleteFunc(phaseFields(), func(f field[Phase]) bool { return !f.Top })
}

func (f file) phase(d *draft, entry *yaml.Node) error {
	p := draftPhase{Phase: d.defaults.Phase, at: f.at(entry)}
	p.Expect = nil // those at the top are added to phases that have the operation
	fields := phaseFields()
	err := f.eachField(entry, OfPhase, names(fields, ""), &p.said, func(name string, value *yaml.Node) error {
		if own := find(fields, name); own.set != nil {
			return take(f, own, &p.Phase, value)
		}
		ops, err := f.list(value, name, maxOps)
		for _, op := range ops {
			if err == nil {
				err = f.op(&p, op)
			}
		}
		return err
	})
	if err == nil {
		err = p.finish()
	}
	if i := slices.IndexFunc(d.phases, func(other draftPhase) bool { return other.Name == p.Name }); err == nil && i >= 0 {
		err = f.wrong(entry, "phase %s is at %s already", p.Name, d.phases[i].at)
	}
	d.phases = append(d.phases, p)
	return err
}

func (f file) op(p *draftPhase, entry *yaml.Node) error {
	o := newDraftOp(f.at(entry))
	fields := opFields()
	err := f.eachField(entry, OfOp, names(fields, ""), &o.said, func(name string, value *yaml.Node) error {
		return take(f, find(fields, name), &o, value)
	})
	p.ops = append(p.ops, o)
	return err
}

// eachField calls do with each field of a mapping, whose names must be known, each once.
func (f file) eachField(n *yaml.Node, of Place, known []string, said *[]string, do func(name string, value *yaml.Node) error) error {
	if n.Kind != yaml.MappingNode || n.Anchor != "" {
		return f.wrong(n, "%s is lines such as \"%s: …\"", of.one(), known[0])
	}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || key.Anchor != "" || !slices.Contains(known, key.Value):
			return f.wrong(key, "%q is no field of %s: there are %s", cutShort(key.Value), of.one(), strings.Join(known, ", "))
		case slices.Contains(*said, key.Value):
			return f.wrong(key, "%s is there twice", key.Value)
		}
		*said = append(*said, key.Value)
		if err := do(key.Value, value); err != nil {
			return err
		}
	}
	return nil
}

// list is the entries of a list.
func (f file) list(n *yaml.Node, what string, most int) ([]*yaml.Node, error) {
	switch {
	case n.Kind != yaml.SequenceNode || n.Anchor != "" || len(n.Content) == 0:
		return nil, f.wrong(n, "%s is a list: each entry begins with a dash", what)
	case len(n.Content) > most:
		return nil, f.wrong(n, "%s has %d entries, at most %d can be", what, len(n.Content), most)
	}
	return n.Content, nil
}

// take reads the text of a field; several, of one that may come several times.
func take[T any](f file, field *field[T], to *T, value *yaml.Node) error {
	texts := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode && value.Anchor == "" {
		switch {
		case field.Many:
			texts = value.Content
		case field.Value == fromTo && len(value.Content) == 2:
			return takeRange(f, field, to, value)
		}
	}
	for _, n := range texts {
		text, err := f.text(n, field.Name)
		if err != nil {
			return err
		}
		if err := field.set(to, text); err != nil {
			return f.wrong(n, "%s: %s", field.Name, err)
		}
	}
	return nil
}

// takeRange reads [from, to].
func takeRange[T any](f file, field *field[T], to *T, value *yaml.Node) error {
	var ends [2]string
	for i, n := range value.Content {
		var err error
		if ends[i], err = f.text(n, field.Name); err != nil {
			return err
		}
	}
	if err := field.set(to, ends[0]+"-"+ends[1]); err != nil {
		return f.wrong(value, "%s: %s", field.Name, err)
	}
	return nil
}

// text is that of a plain or quoted value.
func (f file) text(n *yaml.Node, name string) (string, error) {
	switch {
	case n.Kind != yaml.ScalarNode, n.Anchor != "", n.Style&yaml.TaggedStyle != 0:
		return "", f.wrong(n, "%s needs a text; one that begins with [, {, *, &, ! or > needs quotes", name)
	case n.ShortTag() == "!!null":
		return "", f.wrong(n, "%s has no value; one that begins with # needs quotes", name)
	}
	return n.Value, nil
}
