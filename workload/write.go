package workload

import "go.yaml.in/yaml/v4"

// YAML is the workload as it was understood, as a file: with all defaults.
func (w *Workload) YAML() []byte {
	top := mapping(w, workloadFields())
	phases := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range w.Phases {
		phases.Content = append(phases.Content, phaseNode(&w.Phases[i]))
	}
	top.Content = append(top.Content, text("phases"), phases)
	out, err := yaml.Dump(top)
	if err != nil {
		return []byte("# " + err.Error() + "\n") // it is for people to read
	}
	return out
}

func phaseNode(p *Phase) *yaml.Node {
	if p.Sync != "" {
		return &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{text("name"), text(p.Name), text("sync"), text(p.Sync)}}
	}
	n := mapping(p, phaseFields())
	ops := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range p.Ops {
		ops.Content = append(ops.Content, mapping(&draftOp{Op: p.Ops[i]}, opFields()))
	}
	n.Content = append(n.Content, text("ops"), ops)
	if len(p.Expect) > 0 {
		expect := &yaml.Node{Kind: yaml.SequenceNode}
		for _, e := range p.Expect {
			expect.Content = append(expect.Content, text(e.String()))
		}
		n.Content = append(n.Content, text("expect"), expect)
	}
	return n
}

// mapping has those fields that need to be written.
func mapping[T any](of *T, fields []field[T]) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range fields {
		if f.get == nil {
			continue
		}
		if value := f.get(of); value != "" {
			n.Content = append(n.Content, text(f.Name), text(value))
		}
	}
	return n
}

func text(value string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: value} }
