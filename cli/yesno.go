package cli

import "strings"

// yesNo is yes or no in any of the spellings that configurations have.
func yesNo() kind[bool] {
	return kind[bool]{
		placeholder: "yes|no",
		must:        "yes or no",
		yesNo:       true,
		read: func(text string) (bool, error) {
			switch strings.ToLower(text) {
			case "yes", "true", "on", "1":
				return true, nil
			case "no", "false", "off", "0":
				return false, nil
			}
			return false, errNotValue
		},
		write: writeYesNo,
	}
}

func writeYesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
