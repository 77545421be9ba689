package io.hybnext.tests.soak;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * Where the memory of one process grows, if it does: what no file backs and is not reachable Java
 * objects is native memory, or heap that was touched once.
 *
 * @param process what it is: a class or program, and its identifier
 * @param rssMib resident memory
 * @param anonymousMib of it, Java heap and native memory
 * @param filesMib of it, pages of files
 * @param sharedMib of it, shared memory
 * @param heapMib reachable Java objects
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record MemberMemory(
    String process,
    Slope rssMib,
    Slope anonymousMib,
    Slope filesMib,
    Slope sharedMib,
    Slope heapMib) {}
