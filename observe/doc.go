// Package observe is every figure that the server tells of itself, typed, once:
// INFO prints them as text, and whoever else prints them takes them from here.
//
// It knows numbers, what they count and in which unit. It must not know who
// fills them in, nor who prints them. It imports nothing of this module.
package observe
