// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Module.cpp - The module and what its parts share -------------------===//

#include "Bindings.h"

#include "se/Pipelines/Pipelines.h"
#include "se/Support/MessageLine.h"
#include "se/Support/OutputFiles.h"

#include "llvm/ADT/STLExtras.h"

using namespace se;
using namespace se::python;
namespace py = pybind11;

void python::check(llvm::Error error) {
  if (error)
    throw UserError(llvm::toString(std::move(error)));
}

// Recursive: a report of progress may call anything.
std::recursive_mutex Context::mutex;

static mlir::DialectRegistry makeRegistry() {
  mlir::DialectRegistry registry;
  registerDialects(registry);
  return registry;
}

Context::Context() : context(makeRegistry()) {
  installOneLineDiagnostics(
      context, [this](mlir::DiagnosticSeverity severity, llvm::StringRef line) {
        messages.push_back({severity, line.str()});
      });
}

void Context::fail() const {
  std::string text;
  for (const Message &message : messages)
    if (message.severity == mlir::DiagnosticSeverity::Error)
      text += (text.empty() ? "" : "\n") + message.text;
  throw UserError(text);
}

void python::report(const std::vector<Context::Message> &messages) {
  for (const Context::Message &message : messages) {
    if (message.severity == mlir::DiagnosticSeverity::Remark)
      py::module_::import("logging").attr("getLogger")("se_mlir").attr("info")(
          message.text);
    // The caller of the package's function, which called this one.
    else if (message.severity == mlir::DiagnosticSeverity::Warning &&
             PyErr_WarnEx(PyExc_UserWarning, message.text.c_str(), 2))
      throw py::error_already_set();
  }
}

std::vector<float> python::toVector(const py::buffer &buffer) {
  py::buffer_info info = buffer.request();
  py::ssize_t stride = sizeof(float);
  bool isContiguous = true;
  for (size_t i = info.shape.size(); i-- != 0;) {
    isContiguous &= info.strides[i] == stride || info.shape[i] <= 1;
    stride *= info.shape[i];
  }
  if (info.format != py::format_descriptor<float>::format() || !isContiguous)
    throw py::type_error("expected a contiguous array of float32");
  const float *data = static_cast<const float *>(info.ptr);
  return {data, data + info.size};
}

Frames python::toFrames(const std::vector<py::buffer> &inputs,
                        int64_t numFrames, llvm::ArrayRef<Port> ports) {
  if (inputs.size() != ports.size())
    throw py::value_error("expected one array for each input");
  Frames frames;
  frames.numFrames = numFrames;
  for (auto [input, port] : llvm::zip_equal(inputs, ports)) {
    frames.values.push_back(toVector(input));
    std::string tooLarge = describeTooLarge(port, frames.values.back());
    if (!tooLarge.empty() &&
        PyErr_WarnEx(PyExc_UserWarning, tooLarge.c_str(), 2))
      throw py::error_already_set();
  }
  return frames;
}

std::vector<Array> python::toArrays(Frames frames) {
  std::vector<Array> arrays;
  for (std::vector<float> &values : frames.values) {
    py::ssize_t rows = frames.numFrames;
    py::ssize_t columns = rows ? py::ssize_t(values.size()) / rows : 0;
    arrays.push_back({{rows, columns}, std::move(values)});
  }
  return arrays;
}

PYBIND11_MODULE(_native, module) {
  py::object error = py::reinterpret_steal<
      py::object>(PyErr_NewExceptionWithDoc(
      "se_mlir.Error",
      "A mistake of the user: one line with a place and a hint, the same that "
      "the tools print.",
      PyExc_RuntimeError, nullptr));
  module.attr("Error") = error;
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer)
        std::rethrow_exception(pointer);
    } catch (const UserError &error) {
      py::object type = py::module_::import("se_mlir._native").attr("Error");
      PyErr_SetString(type.ptr(), error.what());
    }
  });

  py::class_<Array>(module, "Array", py::buffer_protocol())
      .def_buffer([](Array &array) {
        std::vector<py::ssize_t> strides(array.shape.size());
        py::ssize_t stride = sizeof(float);
        for (size_t i = array.shape.size(); i-- != 0;) {
          strides[i] = stride;
          stride *= array.shape[i];
        }
        return py::buffer_info(array.values.data(), sizeof(float),
                               py::format_descriptor<float>::format(),
                               array.shape.size(), array.shape, strides);
      });
  py::class_<Port>(module, "Port")
      .def_readonly("name", &Port::name)
      .def_property_readonly("shape",
                             [](const Port &port) {
                               return std::vector<int64_t>(port.shape.begin(),
                                                           port.shape.end());
                             })
      .def_readonly("elements", &Port::elements);
  module.def(
      "write_files",
      [](const std::vector<std::string> &paths,
         const std::vector<py::bytes> &contents) {
        OutputFiles files;
        for (size_t i = 0; i != paths.size(); ++i)
          check(files.add(paths[i], std::string_view(contents[i])));
        check(files.commit());
      },
      py::arg("paths"), py::arg("contents"));
  module.def(
      "list_names",
      [](const std::vector<std::string> &names, size_t most) {
        return listNames(names, ", ", most);
      },
      py::arg("names"), py::arg("most") = 160);
  module.attr("version") = SE_VERSION;
  addNetworks(module);
  addAudio(module);
  addCells(module);
}
