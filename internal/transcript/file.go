package transcript

import (
	"fmt"
	"strings"
)

// File is a transcript that has been read.
type File struct {
	// Blocks in the order of the file. Commands in front of the first block's
	// line are in a block without a name.
	Blocks []*Block

	parts []part // everything, to be written again
}

// Block is a session that begins on an empty server.
type Block struct {
	Name  string
	Steps []*Step
}

// Step is a command with its reply.
type Step struct {
	Line    int    // where the command is in the file, from 1
	Command string // as it is written, names not expanded
	Reply   Reply
}

// IsError tells whether the reply is an error.
func (s *Step) IsError() bool {
	text, marked := strings.CutPrefix(s.Reply.RESP2, "(error) ")
	words, _ := Words(s.Command) // none in what is no command
	return marked || Plain(words) && strings.HasPrefix(text, "ERR ")
}

// Reply is what redis-cli prints in each protocol, lines separated by \n; ""
// for no reply.
type Reply struct{ RESP2, RESP3 string }

// In returns the reply in protocol 2 or 3.
func (r Reply) In(protocol int) string {
	if protocol == 3 {
		return r.RESP3
	}
	return r.RESP2
}

// Set makes text the reply in protocol 2 or 3.
func (r *Reply) Set(protocol int, text string) {
	if protocol == 3 {
		r.RESP3 = text
	} else {
		r.RESP2 = text
	}
}

// part is a step, or a line that is none.
type part struct {
	step *Step
	line string
}

const (
	commandMark = "> "
	blockMark   = "--- "
	resp2Mark   = "# RESP2"
	resp3Mark   = "# RESP3"
)

// Parse reads a transcript. The error names the line that is in no place.
func Parse(text string) (*File, error) {
	f := new(File)
	block := new(Block)
	begin := func(b *Block) {
		block = b
		f.Blocks = append(f.Blocks, b)
	}
	var step *Step
	var to []*string // where a line of the reply belongs
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		command, isCommand := strings.CutPrefix(line, commandMark)
		name, isBlock := strings.CutPrefix(line, blockMark)
		switch {
		case isCommand:
			if len(f.Blocks) == 0 {
				begin(block)
			}
			step = &Step{Line: i + 1, Command: command}
			to = []*string{&step.Reply.RESP2, &step.Reply.RESP3}
			block.Steps = append(block.Steps, step)
			f.parts = append(f.parts, part{step: step})
		case step != nil && line == resp2Mark:
			to = []*string{&step.Reply.RESP2}
		case step != nil && line == resp3Mark:
			to = []*string{&step.Reply.RESP3}
		case isBlock, line == "", strings.HasPrefix(line, "#"):
			step, to = nil, nil
			f.parts = append(f.parts, part{line: line})
			if isBlock {
				begin(&Block{Name: name})
			}
		case step == nil:
			return nil, fmt.Errorf("line %d: a reply without a command: %s", i+1, line)
		}
		if step == nil || isCommand || line == resp2Mark || line == resp3Mark {
			continue
		}
		for _, reply := range to {
			if *reply != "" {
				*reply += "\n"
			}
			*reply += line
		}
	}
	return f, nil
}

// String returns the text of the file, with the replies that its steps have
// now.
func (f *File) String() string {
	var b strings.Builder
	lines := func(lines ...string) {
		for _, line := range lines {
			if line != "" {
				b.WriteString(line + "\n")
			}
		}
	}
	for _, p := range f.parts {
		switch s := p.step; {
		case s == nil:
			b.WriteString(p.line + "\n")
		case s.Reply.RESP2 == s.Reply.RESP3:
			lines(commandMark+s.Command, s.Reply.RESP2)
		default:
			lines(commandMark+s.Command, resp2Mark, s.Reply.RESP2, resp3Mark, s.Reply.RESP3)
		}
	}
	return b.String()
}
