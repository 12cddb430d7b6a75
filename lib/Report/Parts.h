// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Parts.h - What pages are made of -----------------------------------===//

#ifndef SE_LIB_REPORT_PARTS_H
#define SE_LIB_REPORT_PARTS_H

#include "Html.h"

#include "llvm/Support/JSON.h"

#include <optional>

namespace se::report {

/// "94,648"
std::string count(int64_t number);
/// With so many digits behind the point, and commas before it.
std::string decimal(double number, unsigned digits);
/// Up to 6 digits, as short as possible: "72", "6.25".
std::string shortest(double number);
/// "59.5 KB", of 1024 bytes.
std::string kilobytes(int64_t bytes);
/// `part` of `whole` in percent, with a digit: "21.0 %".
std::string percent(double part, double whole);

int64_t getInteger(const llvm::json::Object &object, llvm::StringRef key);
double getNumber(const llvm::json::Object &object, llvm::StringRef key);
std::string getText(const llvm::json::Object &object, llvm::StringRef key);
/// Objects of an array; empty if there is none.
std::vector<const llvm::json::Object *>
getList(const llvm::json::Object &object, llvm::StringRef key);

/// A table with caption and headers, in a region that scrolls by itself. The
/// cells of the first column head their rows.
class Table {
public:
  /// Names may be long: they get room.
  enum Kind { Text, Name, Number, Picture };
  struct Column {
    std::string title;
    Kind kind = Number;
    std::string hint = ""; ///< what the title is short for
  };
  Table(Html &html, llvm::StringRef id, llvm::StringRef caption,
        std::vector<Column> columns);
  ~Table();
  Table(const Table &) = delete;

  void beginRow() { at = 0, html.open("tr"); }
  void cell(llvm::StringRef text);
  /// A cell with elements, that the function writes.
  void cell(llvm::function_ref<void()> write);
  void endRow() { html.close(); }
  void row(llvm::ArrayRef<std::string> cells);

private:
  Html &html;
  std::vector<Column> columns;
  size_t at = 0;
};

/// A section with its heading, until the end of the scope.
class Section {
public:
  Section(Html &html, llvm::StringRef id, llvm::StringRef title);
  ~Section() { html.close(); }
  Section(const Section &) = delete;

private:
  Html &html;
};

void paragraph(Html &html, llvm::StringRef text,
               llvm::StringRef style = "note");

/// A colour and what it means; `style` is a class of Style.cpp.
struct Key {
  std::string style, text;
};
void legend(Html &html, llvm::ArrayRef<Key> keys);

/// A bar in a cell: parts of `whole`, by class, one behind the other.
void bar(Html &html, llvm::ArrayRef<std::pair<std::string, double>> parts,
         double whole, std::optional<double> mark = std::nullopt);

} // namespace se::report

#endif // SE_LIB_REPORT_PARTS_H
