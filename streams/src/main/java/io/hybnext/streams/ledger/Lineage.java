package io.hybnext.streams.ledger;

import io.hybnext.file.Sha256;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.batch.Wave;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Which checkpoints saw which study. A run's order is a pure function of its seed, so the step at
 * which an item was first drawn is worked out, not looked up: checkpoints from there on saw it. An
 * item behind withdrawn ones may have stood for them, so it counts from the first of their steps:
 * this may name a checkpoint too many, never one too few. Thread-safe.
 */
public final class Lineage {
  private final LedgerDatabase database;

  /** Of what a database holds. */
  public Lineage(LedgerDatabase database) {
    this.database = database;
  }

  /**
   * A run whose checkpoints are known.
   *
   * @param run its identifier
   * @param folder of the run
   * @param snapshot what it trains on
   * @param seed of its order
   * @param globalBatch items a step
   * @param waves in which new items entered it, in order
   */
  public record Run(
      String run,
      String folder,
      SnapshotId snapshot,
      long seed,
      int globalBatch,
      List<Wave> waves) {

    /** Copies the list. */
    public Run {
      waves = List.copyOf(waves);
    }

    /** A run that kept to the items that it began with. */
    public Run(String run, String folder, SnapshotId snapshot, long seed, int globalBatch) {
      this(run, folder, snapshot, seed, globalBatch, List.of());
    }
  }

  /**
   * A checkpoint.
   *
   * @param step steps that are in it
   * @param folder where it was written; it may be gone
   */
  public record Checkpoint(long step, String folder) {}

  /**
   * A checkpoint that saw items of a study.
   *
   * @param run identifier of its run
   * @param step steps that are in it
   * @param folder where it was written; it may be gone
   * @param firstStep the step that used the study first, from 0
   */
  public record Seen(String run, long step, String folder, long firstStep) {}

  private record Place(int segment, int row) {}

  /** Notes a run and its checkpoints; those that are known stay. */
  public void note(Run run, List<Checkpoint> checkpoints) {
    database.transaction(
        connection -> {
          KnownRun.note(connection, run, checkpoints);
          return null;
        });
  }

  /**
   * The checkpoints that saw a study.
   *
   * @param study as items name it, or the id of an item
   * @return by run and step
   */
  public List<Seen> of(String study) {
    return database.transaction(connection -> of(connection, study));
  }

  private static List<Seen> of(Connection connection, String study) throws SQLException {
    List<Seen> seen = new ArrayList<>();
    for (KnownRun run : KnownRun.all(connection)) {
      long first = Long.MAX_VALUE;
      for (Place place : places(connection, run, Sha256.shortHex(study))) {
        first = Math.min(first, firstStep(connection, run, place));
      }
      seen.addAll(since(connection, run, first));
    }
    return seen;
  }

  private static List<Seen> since(Connection connection, KnownRun run, long first)
      throws SQLException {
    List<Seen> seen = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "select step, folder from checkpoint where run = ? and step > ? order by step")) {
      query.setString(1, run.run());
      query.setLong(2, first);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          seen.add(new Seen(run.run(), rows.getLong(1), rows.getString(2), first));
        }
      }
    }
    return seen;
  }

  private static List<Place> places(Connection connection, KnownRun run, String key)
      throws SQLException {
    List<Place> places = new ArrayList<>();
    for (String column : List.of("study_key", "id_key")) {
      try (PreparedStatement query =
          connection.prepareStatement(
              "select segment, row_number from item where "
                  + column
                  + " = ? and schema_key = ? and segment < ? and split in "
                  + marks(run))) {
        query.setString(1, key);
        query.setString(2, run.schema());
        query.setInt(3, run.segments());
        splits(query, 4, run);
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            places.add(new Place(rows.getInt(1), rows.getInt(2)));
          }
        }
      }
    }
    return places;
  }

  private static long firstStep(Connection connection, KnownRun run, Place place)
      throws SQLException {
    long item = number(connection, run, place);
    long first = run.plan().firstStep(item);
    Place before = place;
    for (long back = 1; back < run.items(); back++) {
      before = withdrawnBefore(connection, run, before);
      if (before == null) {
        return first;
      }
      if (back > item && run.hasWaves()) {
        return 0; // the last item of every size that the run's data had may have been stood for
      }
      first = Math.min(first, run.plan().firstStep(Math.floorMod(item - back, run.items())));
    }
    return first;
  }

  /** The item's number in the run's snapshot: how many of its items come before. */
  private static long number(Connection connection, KnownRun run, Place place) throws SQLException {
    long before;
    try (PreparedStatement query =
        connection.prepareStatement(
            "select coalesce(sum(s.items), 0) from segment_split s"
                + " join segment g on g.number = s.number"
                + " where g.schema_key = ? and s.number < ? and s.split in "
                + marks(run))) {
      query.setString(1, run.schema());
      query.setInt(2, place.segment());
      splits(query, 3, run);
      before = single(query);
    }
    if (isWhole(connection, run, place.segment())) {
      return before + place.row();
    }
    try (PreparedStatement query =
        connection.prepareStatement(
            "select count(*) from item where segment = ? and row_number < ? and split in "
                + marks(run))) {
      query.setInt(1, place.segment());
      query.setInt(2, place.row());
      splits(query, 3, run);
      return before + single(query);
    }
  }

  /** Whether all items of a segment are the run's, so that rows need not be counted. */
  private static boolean isWhole(Connection connection, KnownRun run, int segment)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "select g.items - coalesce(sum(s.items), 0) from segment g"
                + " left join segment_split s on s.number = g.number and s.split in "
                + marks(run)
                + " where g.number = ? group by g.items")) {
      splits(query, 1, run);
      query.setInt(1 + run.splits().size(), segment);
      return single(query) == 0;
    }
  }

  /** The item before, if it was withdrawn; the first one follows the last. Null otherwise. */
  private static Place withdrawnBefore(Connection connection, KnownRun run, Place place)
      throws SQLException {
    Place before = place;
    for (int row = place.row(), segment = place.segment(); ; row = Integer.MAX_VALUE) {
      try (PreparedStatement query =
          connection.prepareStatement(
              "select row_number, state from item where schema_key = ? and segment = ?"
                  + " and row_number < ? and split in "
                  + marks(run)
                  + " order by segment desc, row_number desc limit 1")) {
        query.setString(1, run.schema());
        query.setInt(2, segment);
        query.setInt(3, row);
        splits(query, 4, run);
        try (ResultSet rows = query.executeQuery()) {
          if (rows.next()) {
            before = new Place(segment, rows.getInt(1));
            return rows.getString(2).equals(ItemState.WITHDRAWN.name()) ? before : null;
          }
        }
      }
      segment = segment == 0 ? run.segments() - 1 : segment - 1;
      if (segment == place.segment()) {
        return null;
      }
    }
  }

  private static String marks(KnownRun run) {
    return "(" + String.join(", ", Collections.nCopies(run.splits().size(), "?")) + ")";
  }

  private static void splits(PreparedStatement query, int first, KnownRun run) throws SQLException {
    for (int i = 0; i < run.splits().size(); i++) {
      query.setString(first + i, run.splits().get(i));
    }
  }

  private static long single(PreparedStatement query) throws SQLException {
    try (ResultSet rows = query.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
