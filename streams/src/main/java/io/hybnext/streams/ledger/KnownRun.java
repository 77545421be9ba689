package io.hybnext.streams.ledger;

import io.hybnext.streams.batch.Mixing;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WavePlan;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.ledger.Lineage.Checkpoint;
import io.hybnext.streams.ledger.Lineage.Run;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A run as the database knows it.
 *
 * @param run identifier
 * @param schema key of its items' schema
 * @param splits that it trains on
 * @param segments how many it draws from in the end
 * @param items of these
 * @param plan which step drew which item
 */
record KnownRun(
    String run, String schema, List<String> splits, int segments, long items, WavePlan plan) {

  /** Notes a run anew and its checkpoints; checkpoints that are known stay. */
  static void note(Connection connection, Run run, List<Checkpoint> checkpoints)
      throws SQLException {
    SnapshotId data = run.snapshot();
    ItemLedger.update(connection, "delete from wave where run = ?", run.run());
    ItemLedger.update(connection, "delete from run where run = ?", run.run());
    ItemLedger.update(
        connection,
        "insert into run (run, folder, schema_key, splits, segments, items, seed,"
            + " global_batch) values (?, ?, ?, ?, ?, ?, ?, ?)",
        run.run(),
        run.folder(),
        ItemLedger.schemaKey(data.tokenizer(), data.encoder(), ImageFit.VERSION),
        String.join(",", data.splits()),
        data.segments(),
        data.items(),
        run.seed(),
        run.globalBatch());
    for (Wave wave : run.waves()) {
      note(connection, run.run(), wave);
    }
    for (Checkpoint checkpoint : checkpoints) {
      ItemLedger.update(
          connection,
          "delete from checkpoint where run = ? and step = ?",
          run.run(),
          checkpoint.step());
      ItemLedger.update(
          connection,
          "insert into checkpoint (run, step, folder) values (?, ?, ?)",
          run.run(),
          checkpoint.step(),
          checkpoint.folder());
    }
  }

  private static void note(Connection connection, String run, Wave wave) throws SQLException {
    Mixing mixing = wave.mixing();
    ItemLedger.update(
        connection,
        "insert into wave (run, step, segments, items, new_share, new_steps, new_repeats,"
            + " half_life, oldest_share) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        run,
        wave.step(),
        wave.snapshot().segments(),
        wave.snapshot().items(),
        mixing.newShare(),
        mixing.newSteps(),
        mixing.newRepeats(),
        mixing.halfLifeSteps(),
        mixing.oldestShare());
  }

  /** All of them, by identifier. */
  static List<KnownRun> all(Connection connection) throws SQLException {
    List<KnownRun> runs = new ArrayList<>();
    try (PreparedStatement query =
            connection.prepareStatement(
                "select run, schema_key, splits, segments, items, seed, global_batch from run"
                    + " order by run");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        String run = rows.getString(1);
        List<String> splits = List.of(rows.getString(3).split(",", -1));
        List<Wave> waves = waves(connection, run, splits);
        SnapshotId last = waves.isEmpty() ? null : waves.get(waves.size() - 1).snapshot();
        long began = rows.getLong(5);
        runs.add(
            new KnownRun(
                run,
                rows.getString(2),
                splits,
                last == null ? rows.getInt(4) : last.segments(),
                last == null ? began : last.items(),
                new WavePlan(rows.getLong(6), began, rows.getInt(7), waves)));
      }
    }
    return runs;
  }

  private static List<Wave> waves(Connection connection, String run, List<String> splits)
      throws SQLException {
    List<Wave> waves = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "select step, segments, items, new_share, new_steps, new_repeats, half_life,"
                + " oldest_share from wave where run = ? order by step")) {
      query.setString(1, run);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          Mixing mixing =
              new Mixing(
                  rows.getDouble(4),
                  rows.getInt(5),
                  rows.getDouble(6),
                  rows.getInt(7),
                  rows.getDouble(8));
          SnapshotId snapshot = new SnapshotId("", "", splits, rows.getInt(2), rows.getLong(3), "");
          waves.add(new Wave(rows.getLong(1), snapshot, mixing));
        }
      }
    }
    return waves;
  }

  /** Whether new items entered it. */
  boolean hasWaves() {
    return plan.waves() > 0;
  }
}
