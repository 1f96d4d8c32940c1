package cli

// Version of the program. It is told here alone, so that every way of building
// gives the same; a release changes this line.
const Version = "0.1.0-dev"
