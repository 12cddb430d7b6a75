// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- WireSize.h - What a serialized message takes -------------*- C++ -*-===//

#ifndef SE_LIB_IMPORT_ONNX_WIRESIZE_H
#define SE_LIB_IMPORT_ONNX_WIRESIZE_H

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace google::protobuf {
class Descriptor;
}

namespace se::onnx_import {

/// Whether protobuf takes about so many bytes of memory for a message beyond
/// those of its text: an empty message is two bytes in a file, and some
/// hundreds in memory. Of damaged bytes counts what comes before the damage.
bool hasOverhead(llvm::StringRef bytes,
                 const google::protobuf::Descriptor &type, uint64_t limit);

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_WIRESIZE_H
