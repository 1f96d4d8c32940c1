// Package keyslot tells the hash slot of a key in a Cluster.
//
// It knows the rule by which Redis and Valkey compute it. It must not know who has a slot.
package keyslot

// Count is how many slots there are.
const Count = 16384

// crc16 has what each byte makes of a checksum by the polynomial 0x1021, which Clusters use.
var crc16 = func() (table [256]uint16) {
	for i := range table {
		sum := uint16(i) << 8
		for range 8 {
			carry := sum >> 15
			sum = sum<<1 ^ carry*0x1021
		}
		table[i] = sum
	}
	return table
}()

// Of is the slot of a key: that of what is in its first braces, if there is anything.
func Of[Key string | []byte](key Key) uint16 {
	if first := find(key, '{', 0); first < len(key) {
		if last := find(key, '}', first+1); last < len(key) && last > first+1 {
			key = key[first+1 : last]
		}
	}
	var sum uint16
	for i := range len(key) {
		sum = sum<<8 ^ crc16[byte(sum>>8)^key[i]]
	}
	return sum % Count
}

// find is the first place of c in key from a place on, or the key's end.
func find[Key string | []byte](key Key, c byte, from int) int {
	for from < len(key) && key[from] != c {
		from++
	}
	return from
}
