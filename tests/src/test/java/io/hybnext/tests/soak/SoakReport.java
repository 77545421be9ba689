package io.hybnext.tests.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.hybnext.tests.fleet.CheckpointPauses;
import java.util.List;

/**
 * What a soak came to.
 *
 * @param test name of the executable
 * @param minutes measured, after a fifth of them to warm up
 * @param members trainers
 * @param steps done in all
 * @param samples taken
 * @param rssMib resident memory of all processes
 * @param nativeArrays tensors held
 * @param fileHandles open files and sockets
 * @param threads of all processes
 * @param sharedMib content of {@code /dev/shm}
 * @param checkpointPauses for how long checkpoints held steps up; {@code checkpointBlockingShare}:
 *     the share of the time that this is with one every 30 s, see {@link CheckpointPauses#share}
 * @param processes where the memory of each grows
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SoakReport(
    String test,
    double minutes,
    int members,
    long steps,
    int samples,
    Slope rssMib,
    Slope nativeArrays,
    Slope fileHandles,
    Slope threads,
    Slope sharedMib,
    CheckpointPauses checkpointPauses,
    double checkpointBlockingShare,
    List<MemberMemory> processes) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double MOST_BLOCKING = 0.01;

  /** Whether nothing grows, and checkpoints hold steps up for no more than they may. */
  public boolean isKept() {
    return rssMib.flat()
        && nativeArrays.flat()
        && fileHandles.flat()
        && threads.flat()
        && sharedMib.flat()
        && checkpointBlockingShare <= MOST_BLOCKING;
  }

  /** The one line. */
  public String toJson() {
    return JSON.valueToTree(this).toString();
  }
}
