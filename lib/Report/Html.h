// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Html.h - Writes HTML -----------------------------------------------===//
//
// Elements are closed in order, and all text and attributes are escaped.
//
//===----------------------------------------------------------------------===//

#ifndef SE_LIB_REPORT_HTML_H
#define SE_LIB_REPORT_HTML_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <utility>
#include <vector>

namespace se::report {

/// Name and value; names are ours.
using Attributes = llvm::ArrayRef<std::pair<llvm::StringRef, std::string>>;

/// Text for a place outside or inside of a tag. What is no UTF-8, and control
/// characters, become U+FFFD.
std::string escape(llvm::StringRef text);

class Html {
public:
  explicit Html(llvm::raw_ostream &os) : os(os) {}
  ~Html();
  Html(const Html &) = delete;

  void open(llvm::StringRef tag, Attributes attributes = {});
  void close();
  /// Without content: `<rect/>`, `<meta/>`.
  void single(llvm::StringRef tag, Attributes attributes = {});
  /// With text in it.
  void element(llvm::StringRef tag, llvm::StringRef text,
               Attributes attributes = {});
  void text(llvm::StringRef text);
  /// Ours, as it is.
  void raw(llvm::StringRef html);

private:
  void begin(llvm::StringRef tag, Attributes attributes);

  llvm::raw_ostream &os;
  std::vector<std::string> tags;
};

/// Closes what it opened.
class Scope {
public:
  Scope(Html &html, llvm::StringRef tag, Attributes attributes = {})
      : html(html) {
    html.open(tag, attributes);
  }
  ~Scope() { html.close(); }
  Scope(const Scope &) = delete;

private:
  Html &html;
};

} // namespace se::report

#endif // SE_LIB_REPORT_HTML_H
