package io.hybnext.streams.ingest;

import io.hybnext.streams.flow.StageMeter;
import io.hybnext.streams.flow.StageSnapshot;
import java.util.List;
import java.util.stream.Stream;

/** The meters of ingestion's stages, in stream order. */
final class IngestMeters {
  final StageMeter probe;
  final StageMeter read;
  final StageMeter decode;
  final StageMeter gate;
  final StageMeter fit;
  final StageMeter tokenise = new StageMeter("tokenise", 1);
  final StageMeter encode = new StageMeter("encode", 1);
  final StageMeter store = new StageMeter("store", 1);

  IngestMeters(int decodeParallelism) {
    probe = new StageMeter("probe", decodeParallelism);
    read = new StageMeter("read", decodeParallelism);
    decode = new StageMeter("decode", decodeParallelism);
    gate = new StageMeter("gate", decodeParallelism);
    fit = new StageMeter("fit", decodeParallelism);
  }

  List<StageSnapshot> snapshots() {
    return Stream.of(probe, read, decode, gate, fit, tokenise, encode, store)
        .map(StageMeter::snapshot)
        .toList();
  }
}
