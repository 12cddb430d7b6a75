// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Identifiers.cpp - Names in C and C++ -------------------------------===//

#include "se/CodeGen/Identifiers.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;

/// Keywords of C (to C23) and C++ (to C++20) that do not begin with an
/// underscore, macros of the standard headers that stand for no call, those
/// that compilers predefine, and the types that a header of ours uses.
static const StringSet<> &getReservedWords() {
  static const StringSet<> words{
      // Both languages.
      "alignas", "alignof", "asm", "auto", "bool", "break", "case", "char",
      "const", "constexpr", "continue", "default", "do", "double", "else",
      "enum", "extern", "false", "float", "for", "goto", "if", "inline", "int",
      "long", "nullptr", "register", "restrict", "return", "short", "signed",
      "sizeof", "static", "static_assert", "struct", "switch", "thread_local",
      "true", "typedef", "typeof", "typeof_unqual", "union", "unsigned", "void",
      "volatile", "while",
      // C++ alone.
      "and", "and_eq", "bitand", "bitor", "catch", "char16_t", "char32_t",
      "char8_t", "class", "co_await", "co_return", "co_yield", "compl",
      "concept", "const_cast", "consteval", "constinit", "decltype", "delete",
      "dynamic_cast", "explicit", "export", "friend", "mutable", "namespace",
      "new", "noexcept", "not", "not_eq", "operator", "or", "or_eq", "private",
      "protected", "public", "reinterpret_cast", "requires", "static_cast",
      "template", "this", "throw", "try", "typeid", "typename", "using",
      "virtual", "wchar_t", "xor", "xor_eq",
      // Macros.
      "BUFSIZ", "EDOM", "EILSEQ", "EOF", "ERANGE", "HUGE_VAL", "HUGE_VALF", "I",
      "INFINITY", "NAN", "NDEBUG", "NULL", "RAND_MAX", "complex", "errno",
      "i386", "imaginary", "linux", "noreturn", "stderr", "stdin", "stdout",
      "unix",
      // Types.
      "int16_t", "int8_t", "uint16_t", "uint8_t"};
  return words;
}

/// Whether a header may have made it something else than a name.
static bool isReserved(StringRef id) {
  // The compiler's own.
  if (id.size() > 1 && id[0] == '_' && (id[1] == '_' || isUpper(id[1])))
    return true;
  // Limits of types, of <stdint.h>, <limits.h> and <float.h>.
  static constexpr StringLiteral types[] = {
      "CHAR",    "DBL",    "FLT",   "INT",        "LDBL",  "LLONG", "LONG",
      "PTRDIFF", "SCHAR",  "SHRT",  "SIG_ATOMIC", "SIZE",  "SSIZE", "UCHAR",
      "UINT",    "ULLONG", "ULONG", "USHRT",      "WCHAR", "WINT"};
  static constexpr StringLiteral limits[] = {
      "_MAX", "_MIN", "_WIDTH", "_BIT", "_DIG", "_EPSILON", "_RADIX"};
  bool isLimit =
      any_of(limits, [&](StringRef end) { return id.ends_with(end); }) &&
      any_of(types, [&](StringRef type) { return id.starts_with(type); });
  return isLimit || getReservedWords().contains(id);
}

static std::string replaceOthers(StringRef name) {
  std::string id;
  for (char c : name)
    id += isAlnum(c) ? c : '_';
  return id;
}

std::string se::toSymbolPrefix(StringRef name) {
  std::string id = replaceOthers(name);
  return !id.empty() && isAlpha(id.front()) ? id : "net_" + id;
}

std::vector<std::string> se::toIdentifiers(ArrayRef<StringRef> names,
                                           std::vector<std::string> taken) {
  std::vector<std::string> ids;
  for (StringRef name : names) {
    std::string id = replaceOthers(name);
    if (id.empty() || isDigit(id.front()))
      id.insert(0, "_");
    if (isReserved(id))
      id = id.front() == '_' ? "port" + id : id + "_";
    while (is_contained(taken, id))
      id += '_';
    taken.push_back(id);
    ids.push_back(id);
  }
  return ids;
}
