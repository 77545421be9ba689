package io.hybnext.actors.simulation;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.hybnext.actors.exchange.PeerLinks;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The ways of a simulated trainer, for bugs to be planted in: frames are changed as they leave. */
class PlantedLinks implements PeerLinks {
  static final int GRADIENT = 1;
  static final int WEIGHTS = 4;
  static final int SUM = 5;
  static final int HOLDINGS = 7;
  private static final int HEADER_BYTES = 64;
  private static final int ALL = -1;

  final SimulatedTrainer trainer;
  private final PeerLinks real;
  final UnsafeBuffer header = new UnsafeBuffer(new byte[HEADER_BYTES]);
  final UnsafeBuffer entries = new UnsafeBuffer(new byte[1 << 16]);

  PlantedLinks(SimulatedTrainer trainer, PeerLinks real) {
    this.trainer = trainer;
    this.real = real;
  }

  /** Changes {@link #header} and {@link #entries}. */
  void change() {}

  int kind() {
    return header.getShort(4, LITTLE_ENDIAN);
  }

  long step() {
    return header.getLong(24, LITTLE_ENDIAN);
  }

  int count() {
    return header.getInt(40, LITTLE_ENDIAN);
  }

  int first() {
    return header.getInt(44, LITTLE_ENDIAN);
  }

  void node(int first, int end) {
    header.putInt(44, first, LITTLE_ENDIAN);
    header.putInt(48, end, LITTLE_ENDIAN);
  }

  private boolean send(int rank, DirectBuffer h, DirectBuffer e, int offset, int bytes) {
    header.putBytes(0, h, 0, HEADER_BYTES);
    entries.putBytes(0, e, offset, bytes);
    change();
    return rank == ALL
        ? real.tryBroadcast(header, entries, 0, bytes)
        : real.trySend(rank, header, entries, 0, bytes);
  }

  @Override
  public boolean trySend(int rank, DirectBuffer h, DirectBuffer e, int offset, int bytes) {
    return send(rank, h, e, offset, bytes);
  }

  @Override
  public boolean tryBroadcast(DirectBuffer h, DirectBuffer e, int offset, int bytes) {
    return send(ALL, h, e, offset, bytes);
  }

  @Override
  public boolean connected() {
    return real.connected();
  }

  @Override
  public boolean connectedTo(int rank) {
    return real.connectedTo(rank);
  }

  @Override
  public void checkOpen() {
    real.checkOpen();
  }

  @Override
  public int pollDirect(Receiver receiver, int limit) {
    return real.pollDirect(receiver, limit);
  }

  @Override
  public int pollBroadcast(Receiver receiver, int limit) {
    return real.pollBroadcast(receiver, limit);
  }

  @Override
  public void close() {
    real.close();
  }
}
