# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Build rules shared by all folders.

add_library(se_options INTERFACE)
target_include_directories(se_options INTERFACE
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)
target_include_directories(se_options SYSTEM INTERFACE
  ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
separate_arguments(SE_LLVM_DEFINITIONS NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_definitions(se_options INTERFACE
  ${SE_LLVM_DEFINITIONS} SE_VERSION="${PROJECT_VERSION}")
target_compile_options(se_options INTERFACE
  -Wall -Wextra -Wno-unused-parameter -fno-semantic-interposition
  $<$<COMPILE_LANGUAGE:CXX>:-Wno-comment>
  # libstdc++ 12 itself uses what it deprecates.
  $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wno-deprecated-declarations>)
if(SE_WERROR)
  target_compile_options(se_options INTERFACE -Werror)
endif()
if(SE_SANITIZE)
  # LLVM has no run-time type information, which vptr needs.
  target_compile_options(se_options INTERFACE
    -fsanitize=${SE_SANITIZE} -fno-sanitize=vptr -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(se_options INTERFACE -fsanitize=${SE_SANITIZE})
endif()

# In how many parts the operations of the xpulp dialect are compiled.
set(SE_XPULP_SHARDS 2)

# Clang finds the result of a precompiled header beside it. In the option that CMake
# would give ccache does not see a path, and takes it for another one in each folder.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -include <PCH_HEADER>)
endif()

# se_precompile(NAME header): what most sources include of others, parsed once.
# Objects are of no use to the linker: this target only has the header.
function(se_precompile name header)
  set(header ${PROJECT_SOURCE_DIR}/cmake/${header})
  add_library(${name} OBJECT ${PROJECT_SOURCE_DIR}/cmake/Precompiled.cpp)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_link_libraries(${name} PRIVATE se_options)
  target_precompile_headers(${name} PRIVATE ${header})
  # The result has paths in it. Its sum tells ccache that those of two folders are
  # the same, such as pip's.
  file(SHA256 ${header} sum)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
  file(CONFIGURE
    OUTPUT ${CMAKE_BINARY_DIR}/CMakeFiles/${name}.dir/cmake_pch.hxx.pch.sum
    CONTENT "@sum@ @LLVM_PACKAGE_VERSION@ @CMAKE_CXX_COMPILER@ \
@CMAKE_CXX_COMPILER_VERSION@ @CMAKE_BUILD_TYPE@ @SE_SANITIZE@\n" @ONLY)
endfunction()
# One with MLIR, whose functions need its library, and one without.
se_precompile(se_precompiled Precompiled.h)
se_precompile(se_precompiled_llvm PrecompiledLLVM.h)

# se_add_library(NAME sources... [LINK_LIBS libs...] [DEPENDS targets...])
# A static library of the project. LINK_LIBS may name LLVM and MLIR (the
# shared libraries) and the project's own libraries. The Python module, a shared
# library, is linked of them too.
function(se_add_library name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  # How the project itself is compiled is no one else's business.
  target_link_libraries(${name} PUBLIC $<BUILD_INTERFACE:se_options>
    ${ARG_LINK_LIBS} $<INSTALL_INTERFACE:SeMlir::dependencies>)
  if("MLIR" IN_LIST ARG_LINK_LIBS)
    target_precompile_headers(${name} REUSE_FROM se_precompiled)
  elseif("LLVM" IN_LIST ARG_LINK_LIBS)
    target_precompile_headers(${name} REUSE_FROM se_precompiled_llvm)
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  se_install_library(${name})
endfunction()

# se_add_tool(NAME sources... [LINK_LIBS libs...])
function(se_add_tool name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE se_options ${ARG_LINK_LIBS})
endfunction()

# se_add_unittest(NAME sources... [LINK_LIBS libs...])
# A GoogleTest program, run by ctest as unit.NAME.
function(se_add_unittest name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE
    se_options GTest::gtest GTest::gtest_main ${ARG_LINK_LIBS})
  add_test(NAME unit.${name} COMMAND ${name})
endfunction()

# se_mlir_tablegen(TARGET input.td output flags [output flags...])
# Runs mlir-tblgen once for each output, which lies in the folder of the binary
# tree that mirrors this one.
function(se_mlir_tablegen target input)
  set(LLVM_TARGET_DEFINITIONS ${input})
  list(LENGTH ARGN n)
  math(EXPR last "${n} - 1")
  foreach(i RANGE 0 ${last} 2)
    math(EXPR j "${i} + 1")
    list(GET ARGN ${i} out)
    list(GET ARGN ${j} flags)
    separate_arguments(flags)
    # EXTRA_INCLUDES also tell editors, in tablegen_compile_commands.yml.
    mlir_tablegen(${out} ${flags}
      EXTRA_INCLUDES ${PROJECT_SOURCE_DIR}/include ${MLIR_INCLUDE_DIRS})
  endforeach()
  add_public_tablegen_target(${target})
endfunction()

# All pages that are made of definitions (dialects, passes, instructions), in
# the folder docs of the binary tree. Built with everything else, so that a page
# that cannot be made is found at once.
add_custom_target(se-docs ALL)

# se_doc_page(NAME COMMAND command that ends before "-o OUTPUT"... DEPENDS ...)
# docs/NAME.md.
function(se_doc_page name)
  cmake_parse_arguments(ARG "" "" "COMMAND;DEPENDS" ${ARGN})
  set(page ${PROJECT_BINARY_DIR}/docs/${name}.md)
  get_filename_component(folder ${page} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(OUTPUT ${page} COMMAND ${ARG_COMMAND} -o ${page}
    WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
    DEPENDS ${ARG_DEPENDS} VERBATIM)
  string(REPLACE / - target se-docs-${name})
  add_custom_target(${target} DEPENDS ${page})
  add_dependencies(se-docs ${target})
endfunction()

# se_mlir_doc(NAME TARGET input.td flags...)
# docs/NAME.md by mlir-tblgen; TARGET is the one that makes what the input
# includes (se_mlir_tablegen).
function(se_mlir_doc name target input)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/*.td)
  se_doc_page(${name}
    COMMAND ${MLIR_TABLEGEN_EXE} ${ARGN} ${input} -I${PROJECT_SOURCE_DIR}/include
      -I${PROJECT_BINARY_DIR}/include -I${MLIR_INCLUDE_DIRS}
    DEPENDS ${target} ${sources})
endfunction()
