# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What `cmake --install` writes: see docs/embedding.md. Components: tools (with what
# they need at run time) and development.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(SE_INSTALL_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/SeMlir)

# A static library and its target, SeMlir::NAME.
function(se_install_library name)
  target_include_directories(${name} INTERFACE
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  install(TARGETS ${name} EXPORT SeMlirTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
endfunction()

# A tool; LLVM's libraries are found where they were linked from.
function(se_install_tool name)
  set_target_properties(${name} PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
  install(TARGETS ${name}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)
endfunction()

# Everything else.
function(se_install)
  # Tools look for it in <bin>/../share/se-mlir.
  install(DIRECTORY ${SE_RESOURCE_DIR}/ DESTINATION share/se-mlir COMPONENT tools)
  # Ours, and what is made of definitions, which are there too: other dialects
  # may include them.
  foreach(tree ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
    install(DIRECTORY ${tree}/include/se DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
      COMPONENT development
      FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.inc"
      PATTERN CMakeFiles EXCLUDE)
  endforeach()
  install(EXPORT SeMlirTargets NAMESPACE SeMlir::
    DESTINATION ${SE_INSTALL_CMAKE_DIR} COMPONENT development)
  set(config ${PROJECT_BINARY_DIR}/SeMlirConfig.cmake)
  configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/cmake/SeMlirConfig.cmake.in ${config}
    INSTALL_DESTINATION ${SE_INSTALL_CMAKE_DIR})
  # Nothing is promised between versions before 1.0.
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/SeMlirConfigVersion.cmake
    COMPATIBILITY ExactVersion)
  install(FILES ${config} ${PROJECT_BINARY_DIR}/SeMlirConfigVersion.cmake
    DESTINATION ${SE_INSTALL_CMAKE_DIR} COMPONENT development)
endfunction()
