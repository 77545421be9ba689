package io.hybnext.tests.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
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
    List<MemberMemory> processes) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whether nothing grows. */
  public boolean isKept() {
    return rssMib.flat()
        && nativeArrays.flat()
        && fileHandles.flat()
        && threads.flat()
        && sharedMib.flat();
  }

  /** The one line. */
  public String toJson() {
    return JSON.valueToTree(this).toString();
  }
}
