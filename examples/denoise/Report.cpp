// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

//===- Report.cpp - What se-denoise prints --------------------------------===//

#include "Report.h"

#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace se;

FrameStatistics getFrameStatistics(const json::Object &object) {
  FrameStatistics statistics;
  statistics.frames = object.getInteger("frames").value_or(0);
  statistics.macsPerFrame = object.getInteger("macs_per_frame").value_or(0);
  statistics.macsPerCycle = object.getNumber("macs_per_cycle").value_or(0);
  // A recording has at least one frame.
  const json::Object &cycles = *object.getObject("cycles_per_frame");
  statistics.minCycles = cycles.getInteger("min").value_or(0);
  statistics.meanCycles = cycles.getNumber("mean").value_or(0);
  statistics.maxCycles = cycles.getInteger("max").value_or(0);
  if (const json::Array *models = object.getArray("energy_model"))
    for (const json::Value &value : *models)
      if (const json::Object *model = value.getAsObject())
        statistics.energy.push_back(
            {model->getNumber("mhz").value_or(0),
             model->getNumber("uj_per_frame").value_or(0)});
  return statistics;
}

void printReport(const Report &report, raw_ostream &os) {
  const FrameStatistics &statistics = report.statistics;
  os << formatv("program    {0}: network '{1}' for {2}, {3}, {4} cores\n",
                report.program, report.network.network, report.network.target,
                report.network.precision, report.network.cores);
  os << formatv("weights    {0:N} bytes\n", report.network.weightBytes);
  const Stream &stream = *report.network.stream;
  int64_t hop = report.network.inputs.front().elements;
  double hopSeconds = double(hop) / double(stream.sampleRate);
  os << formatv("recording  {0:F2} s, {1} hops of {2} samples ({3:F2} ms)\n",
                report.audioSeconds, statistics.frames, hop, hopSeconds * 1e3);
  os << formatv("delay      {0:F2} ms besides the hop\n",
                double(stream.delay) / double(stream.sampleRate) * 1e3);
  if (report.before && report.after)
    os << formatv("SI-SNR     {0:F2} dB before, {1:F2} dB after: {2} by {3:F2} "
                  "dB\n",
                  *report.before, *report.after,
                  *report.after >= *report.before ? "better" : "worse",
                  std::abs(*report.after - *report.before));
  os << formatv("cycles     {0:N} per hop on average, {1:N} to {2:N}\n",
                uint64_t(statistics.meanCycles), statistics.minCycles,
                statistics.maxCycles);
  os << formatv("work       {0:N} multiply-accumulates per hop, {1:F2} per "
                "cycle\n",
                statistics.macsPerFrame, statistics.macsPerCycle);
  os << formatv("host       {0:F1} s\n", report.hostSeconds);
  for (const target::OperatingPoint &point : report.target.operatingPoints) {
    double hopCycles = hopSeconds * point.mhz * 1e6;
    os << formatv("real time  {0,3:F0} MHz: {1:F2} of {4:F2} ms per hop, "
                  "real-time factor {2:F3} (longest hop {3:F3})\n",
                  point.mhz, statistics.meanCycles / (point.mhz * 1e3),
                  statistics.meanCycles / hopCycles,
                  statistics.maxCycles / hopCycles, hopSeconds * 1e3);
  }
  for (auto [mhz, microjoules] : statistics.energy)
    os << formatv("energy     {0,3:F0} MHz: {1:F2} uJ per hop, by a model, not "
                  "measured (docs/energy.md)\n",
                  mhz, microjoules);
}
