package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

/**
 * A member's place among the others.
 *
 * @param run identifies the run
 * @param generation number of the generation
 * @param rank this member's number
 * @param names by rank
 * @param ranges microshards by rank, contiguous from 0
 * @param startStep number of steps in the generation's checkpoint
 * @param hosts by rank; any names, equal for members of one host
 */
record Place(
    long run,
    long generation,
    int rank,
    List<String> names,
    List<MicroshardRange> ranges,
    long startStep,
    List<String> hosts) {

  /** Of a generation of one host, without a checkpoint. */
  Place(long run, long generation, int rank, List<String> names, List<MicroshardRange> ranges) {
    this(run, generation, rank, names, ranges, 0, Collections.nCopies(names.size(), ""));
  }

  Place {
    names = List.copyOf(names);
    ranges = List.copyOf(ranges);
    hosts = List.copyOf(hosts);
    int next = 0;
    for (MicroshardRange range : ranges) {
      if (range.first() != next) {
        throw new IllegalArgumentException("microshard ranges " + ranges + ": want no gap");
      }
      next = range.end();
    }
    if (rank < 0
        || rank >= ranges.size()
        || names.size() != ranges.size()
        || hosts.size() != ranges.size()) {
      throw new IllegalArgumentException("rank " + rank + " of " + names + ", " + ranges);
    }
  }

  /** The place of a trainer in a generation. */
  static Place of(Generation generation, String trainer) {
    return new Place(
        hash(generation.run()),
        generation.number(),
        generation.member(trainer).rank(),
        generation.members().stream().map(Member::trainer).toList(),
        generation.members().stream().map(Member::microshards).toList(),
        generation.startStep(),
        generation.members().stream().map(Member::host).toList());
  }

  int worldSize() {
    return ranges.size();
  }

  int microshards() {
    return ranges.get(ranges.size() - 1).end();
  }

  MicroshardRange range() {
    return ranges.get(rank);
  }

  /** FNV-1a, 64 bits. */
  private static long hash(String run) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : run.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
