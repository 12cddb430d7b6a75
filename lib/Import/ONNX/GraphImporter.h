// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- GraphImporter.h - An ONNX graph while it is imported -----*- C++ -*-===//

#ifndef SE_LIB_IMPORT_ONNX_GRAPHIMPORTER_H
#define SE_LIB_IMPORT_ONNX_GRAPHIMPORTER_H

#include "Graph.h"
#include "Node.h"
#include "States.h"

#include "onnx/onnx_pb.h"

namespace se::onnx_import {

class GraphImporter {
public:
  GraphImporter(const onnx::ModelProto &model, mlir::FileLineColLoc loc,
                const OnnxImportOptions &options);

  mlir::OwningOpRef<mlir::ModuleOp> run();

private:
  void error(const llvm::Twine &message) { emitter->error(message); }
  bool failed() const { return emitter->failed(); }

  void checkOpset();
  void importInitializers(const onnx::GraphProto &from);
  void importInputs();
  void importInput(const onnx::ValueInfoProto &info);
  void importConstantInput(const onnx::ValueInfoProto &info,
                           const std::vector<double> &values);
  void checkConstantInputs();
  /// The nodes of a graph. After an error the others follow, except for those
  /// that need the results: all errors of a model are told at once.
  void importNodes(const onnx::GraphProto &from);
  std::optional<Operand> makePlaceholder(const std::string &name);
  void startNode(const onnx::NodeProto &proto, unsigned index);
  /// Null with an error if it is not supported.
  const Operator *findOperator(const onnx::NodeProto &proto);
  void importNode(const onnx::NodeProto &proto, unsigned index);
  void bindOutputs(const onnx::NodeProto &proto, Node &node, bool moves);
  void define(llvm::StringRef name, Operand operand);

  // Subgraphs.cpp: nodes that have graphs of their own, which become part of
  // the network.
  void importIf(const onnx::NodeProto &proto, Node &node);
  void importScan(const onnx::NodeProto &proto, Node &node);
  void importLoop(const onnx::NodeProto &proto, Node &node);
  const onnx::GraphProto *findSubgraph(const onnx::NodeProto &proto, Node &node,
                                       llvm::StringRef attribute);
  /// The results of a subgraph; false if it could not be imported.
  bool importSubgraph(const onnx::GraphProto &body,
                      llvm::ArrayRef<Operand> arguments,
                      llvm::SmallVectorImpl<Operand> &results);
  struct CarriedValue;
  /// A value that goes from each step of a loop over time to the next.
  bool importCarried(Node &node, const Operand &initial, llvm::StringRef name,
                     unsigned id, bool isOpen, CarriedValue &carried);
  bool finishCarried(Node &node, CarriedValue &carried, const Operand &next);
  /// Binds the outputs of a node whose results say themselves what they
  /// depend on.
  void bindResults(const onnx::NodeProto &proto,
                   llvm::ArrayRef<Operand> results);

  // Network.cpp: inputs, outputs and states.
  void finish(rnn::NetworkOp network);
  void warnOfLostStates(llvm::ArrayRef<PairingInput> ins,
                        llvm::ArrayRef<PairingOutput> outs,
                        const StateFlow &flow, const Pairing &pairing);

  const onnx::ModelProto &model;
  const onnx::GraphProto &graph;
  mlir::FileLineColLoc loc;
  const OnnxImportOptions &options;
  mlir::Builder builder;
  llvm::StringRef directory;

  int64_t opset = 0;
  mlir::Block *block = nullptr;
  std::optional<Emitter> emitter;
  Recurrences recurrences;
  llvm::StringMap<Operand> values;
  /// The names of each subgraph that is being imported, which end with it.
  std::vector<std::vector<std::string>> scopes;
  /// Every name that some node defines, to tell a cycle from a typo.
  llvm::StringSet<> defined;
  /// What could not be imported, or needs what could not.
  llvm::StringSet<> missing;
  /// Shapes that the model tells.
  llvm::StringMap<const onnx::TypeProto::Tensor *> shapes;
  unsigned nextIndex = 0;
  struct Input {
    std::string name;
    Shape shape;
  };
  std::vector<Input> inputs;
};

} // namespace se::onnx_import

#endif // SE_LIB_IMPORT_ONNX_GRAPHIMPORTER_H
