package io.hybnext.streams.ledger;

import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.item.SourcePosition;
import io.hybnext.streams.store.Ledger;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.SegmentSchema;
import io.hybnext.streams.store.StoredItem;
import io.hybnext.streams.store.Withdrawals;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store's ledger whose entries go to a database too. The file comes first and is the truth: a
 * crash between the two, or a database that is away, loses nothing. It is put right at the next
 * start, or as soon as the database is back. One thread at a time, as the ledger itself.
 */
public final class MirroredLedger implements Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(MirroredLedger.class);
  private static final int MOST_WAITING = 512;

  private final Ledger file;
  private final ItemLedger items;
  private final Withdrawals withdrawals;
  private final List<Quarantined> aside = new ArrayList<>();
  private final List<StoredItem> arrived = new ArrayList<>();
  private SegmentSchema arrivedSchema;
  private boolean behind = true;
  private boolean isLess; // something is not aside any more

  /**
   * Puts the database right and mirrors from then on.
   *
   * @param file the truth; closed with this one
   * @param items the database
   * @param withdrawals of the store
   */
  public MirroredLedger(Ledger file, ItemLedger items, Withdrawals withdrawals) {
    this.file = file;
    this.items = items;
    this.withdrawals = withdrawals;
    mirror(() -> {});
  }

  @Override
  public List<SegmentRecord> segments() {
    return file.segments();
  }

  @Override
  public List<Quarantined> quarantined() {
    return file.quarantined();
  }

  @Override
  public boolean isAside(String origin) {
    return file.isAside(origin);
  }

  @Override
  public void publish(SegmentRecord segment, List<SourcePosition> positions) {
    file.publish(segment, positions);
    isLess |= segment.items().stream().anyMatch(item -> item.origin() != null);
    arrived.clear();
    mirror(() -> items.publish(segment));
  }

  @Override
  public void follow(List<SourcePosition> positions) {
    file.follow(positions);
  }

  @Override
  public long position(String source) {
    return file.position(source);
  }

  @Override
  public void quarantine(Quarantined item) {
    isLess |= file.isAside(item.origin());
    file.quarantine(item);
    aside.add(item);
    if (aside.size() >= MOST_WAITING) {
      mirror(() -> {});
    }
  }

  @Override
  public void arrived(SegmentSchema schema, StoredItem item) {
    arrivedSchema = schema;
    arrived.add(item);
    if (arrived.size() >= MOST_WAITING) {
      mirror(() -> {});
    }
  }

  /** Writes what waits and does the work; or puts the whole database right, when it was away. */
  private void mirror(Runnable work) {
    try {
      if (behind) {
        items.reconcile(file.segments(), file.quarantined(), withdrawals.all());
      } else {
        items.putAside(aside);
        work.run();
        if (isLess) {
          items.keepAside(file.quarantined());
        }
      }
      isLess = false; // reconciled, or done
      aside.clear();
      if (!arrived.isEmpty()) {
        items.arrived(arrivedSchema, arrived);
        arrived.clear();
      }
      behind = false;
    } catch (LedgerException away) {
      if (!behind) {
        LOG.warn("{} Ingestion goes on; the database is put right later.", away.getMessage());
      }
      behind = true;
      aside.clear(); // the file has them
      arrived.clear();
    }
  }

  @Override
  public void close() {
    try {
      mirror(() -> {});
    } finally {
      file.close();
    }
  }
}
