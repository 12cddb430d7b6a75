// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "se/Support/Npy.h"
#include "se/Support/Frames.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace llvm;
using namespace se;

namespace {

/// Files in a directory that goes away with the test.
class NpyTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("se-npy", directory));
  }
  void TearDown() override { sys::fs::remove_directories(directory); }

  std::string path(StringRef name) {
    SmallString<128> result = directory;
    sys::path::append(result, name);
    return std::string(result);
  }

  /// Writes raw bytes.
  std::string put(StringRef name, StringRef content) {
    std::error_code error;
    std::string file = path(name);
    raw_fd_ostream os(file, error);
    os << content;
    return file;
  }
  /// A file with this header and data, as version 1 or 2.
  std::string put(StringRef name, StringRef header, StringRef data,
                  char version = 1) {
    std::string content = "\x93NUMPY";
    content += version;
    content += '\0';
    content += char(header.size());
    content += '\0';
    if (version == 2)
      content += StringRef("\0\0", 2);
    return put(name, content + header.str() + data.str());
  }

  /// What readNpy says of a file, without the path.
  std::string errorOf(const std::string &file) {
    auto array = readNpy(file);
    if (array)
      return "";
    std::string text = toString(array.takeError());
    EXPECT_TRUE(StringRef(text).starts_with(file + ": ")) << text;
    return text.substr(file.size() + 2);
  }

  /// The error's text.
  std::string write(StringRef file, ArrayRef<int64_t> shape,
                    ArrayRef<float> data) {
    OutputFiles files;
    if (Error error = writeNpy(files, file, shape, data))
      return toString(std::move(error));
    return toString(files.commit());
  }

  std::string write(StringRef name, ArrayRef<int64_t> shape) {
    int64_t elements = 1;
    for (int64_t size : shape)
      elements *= size;
    std::vector<float> data(elements);
    for (int64_t i = 0; i != elements; ++i)
      data[i] = float(i);
    std::string file = path(name);
    EXPECT_EQ(write(file, shape, data), "");
    return file;
  }

  SmallString<128> directory;
};

TEST_F(NpyTest, RoundTrip) {
  const std::vector<float> data = {0.0f, -0.0f, 1.5f, INFINITY, 1e-45f, -3e38f};
  const std::vector<std::vector<int64_t>> shapes = {{6}, {2, 3}, {1, 6, 1}};
  for (ArrayRef<int64_t> shape : shapes) {
    ASSERT_EQ(write(path("a.npy"), shape, data), "");
    auto read = readNpy(path("a.npy"));
    ASSERT_TRUE(bool(read)) << toString(read.takeError());
    EXPECT_EQ(ArrayRef<int64_t>(read->shape), shape);
    EXPECT_EQ(read->data, data);
    EXPECT_TRUE(std::signbit(read->data[1]));
  }
  auto empty = readNpy(write("empty.npy", {0, 5}));
  ASSERT_TRUE(bool(empty));
  EXPECT_EQ(empty->data.size(), 0u);
}

TEST_F(NpyTest, ReadsNumPysHeaders) {
  StringRef data("\0\0\x80\x3f\0\0\0\x40", 8);
  for (char version : {1, 2}) {
    auto array = readNpy(put("v.npy",
                             "{'descr': '<f4', 'fortran_order': False, "
                             "'shape': (2,), }      \n",
                             data, version));
    ASSERT_TRUE(bool(array)) << toString(array.takeError());
    EXPECT_EQ(array->data, (std::vector<float>{1, 2}));
  }
  auto scalar =
      readNpy(put("s.npy", "{'descr':'<f4','fortran_order':False,'shape':()}",
                  data.take_front(4)));
  ASSERT_TRUE(bool(scalar));
  EXPECT_TRUE(scalar->shape.empty());
  EXPECT_EQ(scalar->data, std::vector<float>{1});
}

TEST_F(NpyTest, Errors) {
  EXPECT_EQ(errorOf(path("none.npy")), "No such file or directory");
  EXPECT_EQ(errorOf(put("a", "text")), "not an .npy file");
  EXPECT_EQ(errorOf(put("b", "")), "not an .npy file");
  auto header = [&](StringRef text, StringRef data = "") {
    return errorOf(put("h.npy", text, data));
  };
  EXPECT_EQ(header("{'descr': '<f2', 'fortran_order': False, 'shape': (1,)}"),
            "expected float32, found float16");
  EXPECT_EQ(header("{'descr': '|i1', 'fortran_order': False, 'shape': (1,)}"),
            "expected float32, found int8");
  EXPECT_EQ(header("{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}"),
            "expected float32, found big-endian float32");
  EXPECT_EQ(header("{'descr': '<U5', 'fortran_order': False, 'shape': (1,)}"),
            "expected float32, found type '<U5'");
  EXPECT_EQ(header("{'descr': '<f4', 'fortran_order': True, 'shape': (1,)}"),
            "expected C order, found Fortran order");
  EXPECT_EQ(header("{'descr': '<f4', 'fortran_order': False}"),
            "the header has no valid shape");
  EXPECT_EQ(header("{'descr': '<f4', 'fortran_order': False, 'shape': (x,)}"),
            "the header has no valid shape");
  EXPECT_EQ(header("{'descr': '<f4', 'fortran_order': False, "
                   "'shape': (4294967296, 4294967296, 4294967296)}"),
            "the header has no valid shape");
  EXPECT_EQ(header("{}"), "the header names no element type");
  EXPECT_EQ(header("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
                   "abc"),
            "shape [2, 3] needs 6 elements, the file holds 3 bytes");
  EXPECT_EQ(errorOf(put("v9", StringRef("\x93NUMPY\x09\0\0\0", 10))),
            "unknown .npy version 9");
  EXPECT_EQ(errorOf(put("cut", StringRef("\x93NUMPY\x01\0\x50\0{", 11))),
            "the header is cut off");
}

/// No prefix of a file is taken for a file.
TEST_F(NpyTest, Truncated) {
  std::string whole = write("whole.npy", {2, 3});
  auto buffer = MemoryBuffer::getFile(whole);
  ASSERT_TRUE(bool(buffer));
  StringRef content = (*buffer)->getBuffer();
  for (size_t length = 0; length != content.size(); ++length)
    EXPECT_NE(errorOf(put("part.npy", content.take_front(length))), "");
}

TEST_F(NpyTest, UnwritableLeavesNothing) {
  std::string file = path("missing") + "/out.npy";
  std::string text = write(file, {1}, {1.0f});
  EXPECT_EQ(text, "cannot write '" + file + "': No such file or directory");
  EXPECT_FALSE(sys::fs::exists(file));
}

using FramesTest = NpyTest;

const std::vector<Port> ports = {{"mag", {1, 257}, 257}, {"phase", {4}, 4}};

std::string readError(std::vector<std::string> arguments) {
  auto frames = readFrames(arguments, ports);
  return frames ? "" : toString(frames.takeError());
}

TEST_F(FramesTest, Reads) {
  std::string mag = write("mag.npy", {3, 1, 257}),
              phase = write("phase.npy", {3, 2, 2});
  auto frames = readFrames({"phase=" + phase, "mag=" + mag}, ports);
  ASSERT_TRUE(bool(frames)) << toString(frames.takeError());
  EXPECT_EQ(frames->numFrames, 3);
  EXPECT_EQ(frames->values[0].size(), 3u * 257);
  EXPECT_EQ(frames->values[1][5], 5.0f);
}

TEST_F(FramesTest, Errors) {
  std::string mag = write("mag.npy", {3, 257}), bad = write("bad.npy", {3, 5}),
              phase = write("phase.npy", {3, 4}),
              two = write("two.npy", {2, 4});
  EXPECT_EQ(readError({"mag=" + mag}),
            "missing --in phase=FILE.npy, shape [frames, 4]");
  EXPECT_EQ(readError({"mag"}), "--in mag: expected NAME=FILE.npy");
  EXPECT_EQ(readError({"mog=x"}),
            "--in mog=x: the network has no such port, only mag, phase");
  EXPECT_EQ(readError({"mag=" + mag, "mag=x"}),
            "--in mag=x: mag is given twice");
  EXPECT_EQ(readError({"mag=" + mag, "phase=" + bad}),
            bad + ": expected shape [frames, 4] for phase, found [3, 5]");
  EXPECT_EQ(readError({"mag=" + mag, "phase=" + two}),
            two + ": expected 3 frames as in " + mag + ", found 2");
  EXPECT_NE(readError({"mag=" + mag, "phase=" + path("none")}), "");
}

TEST_F(FramesTest, Writes) {
  auto files = matchPorts({"phase=" + path("out.npy")}, ports, "--out", false);
  ASSERT_TRUE(bool(files));
  Frames frames{2, {std::vector<float>(2 * 257), {0, 1, 2, 3, 4, 5, 6, 7}}};
  OutputFiles outputs;
  ASSERT_FALSE(errorToBool(writeFrames(outputs, *files, ports, frames)));
  ASSERT_FALSE(errorToBool(outputs.commit()));
  auto read = readNpy(path("out.npy"));
  ASSERT_TRUE(bool(read));
  EXPECT_EQ(ArrayRef<int64_t>(read->shape), ArrayRef<int64_t>({2, 4}));
  EXPECT_EQ(read->data, frames.values[1]);
}

} // namespace
