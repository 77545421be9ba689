package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import io.hybnext.actors.step.BucketLayout.Chunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkPartitionTest {

  @Test
  void shouldGiveEveryChunkOneOwnerInContiguousBalancedRuns() {
    Random random = new Random(3);
    for (int trial = 0; trial < 200; trial++) {
      List<Bucket> buckets = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(8); i++) {
        buckets.add(new Bucket("b" + i, 1 + random.nextInt(2_000_000)));
      }
      BucketLayout layout = new BucketLayout(buckets);
      int members = 1 + random.nextInt(5);
      ChunkPartition partition = new ChunkPartition(layout, members);
      List<Chunk> all = new ArrayList<>();
      for (int rank = 0; rank < members; rank++) {
        List<Chunk> owned = partition.owned(rank);
        long length =
            owned.stream()
                .mapToLong(chunk -> buckets.get(chunk.bucket()).chunkLength(chunk.index()))
                .sum();
        long share = layout.length() / members;
        assertTrue(Math.abs(length - share) <= BucketLayout.CHUNK_LENGTH + 1, "unbalanced");
        all.addAll(owned);
      }
      for (int number = 0; number < all.size(); number++) {
        assertEquals(partition.chunk(number), all.get(number));
        assertEquals(number, partition.number(all.get(number).bucket(), all.get(number).index()));
      }
      assertEquals(partition.chunks(), all.size());
    }
  }

  @Test
  void shouldFindPiecesByTheirPlaceOnly() {
    BucketLayout layout = new BucketLayout(List.of(new Bucket("a", 10), new Bucket("b", 300_000)));
    Pieces pieces = new Pieces(layout, new ChunkPartition(layout, 2), 1000);
    for (int piece = 0; piece < pieces.count(); piece++) {
      assertEquals(piece, pieces.find(pieces.bucket(piece), pieces.offset(piece)));
    }
    assertEquals(1 + 263 + 38, pieces.count());
    assertEquals(-1, pieces.find(0, 5));
    assertEquals(-1, pieces.find(1, 999));
    assertEquals(-1, pieces.find(1, 300_000));
    assertEquals(-1, pieces.find(2, 0));
    assertEquals(-1, pieces.find(-1, 0));
    assertEquals(-1, pieces.find(0, -1000));
  }
}
