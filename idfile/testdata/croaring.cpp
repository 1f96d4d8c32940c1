// Reads a file of the portable 64-bit format with CRoaring, tells how many IDs there are and the lowest and the
// highest, and writes them again.
#include <roaring/roaring64map.hh>

#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

namespace roaring {}  // where newer versions have it
using namespace roaring;

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  std::ifstream in(argv[1], std::ios::binary);
  std::vector<char> file((std::istreambuf_iterator<char>(in)), {});
  auto map = Roaring64Map::readSafe(file.data(), file.size());
  std::cout << map.cardinality();
  if (!map.isEmpty()) std::cout << ' ' << map.minimum() << ' ' << map.maximum();
  std::cout << std::endl;
  std::vector<char> again(map.getSizeInBytes());
  map.write(again.data());
  std::ofstream(argv[2], std::ios::binary).write(again.data(), again.size());
}
