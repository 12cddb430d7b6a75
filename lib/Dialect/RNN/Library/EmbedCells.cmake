# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# cmake -DFOLDER=cells -DOUTPUT=LibraryCells.inc -P EmbedCells.cmake
# The files of a folder as initializers of LibraryCell (CellLibrary.h).

file(GLOB files ${FOLDER}/*.mlir)
list(SORT files)
set(all "")
foreach(file ${files})
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} text)
  string(APPEND all "{llvm::StringLiteral(\"${name}\"), llvm::StringLiteral(R\"cell(${text})cell\")},\n")
endforeach()
file(WRITE ${OUTPUT} "${all}")
