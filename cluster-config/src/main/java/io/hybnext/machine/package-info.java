/**
 * What Linux tells of the machine: {@link io.hybnext.machine.ProcFile} reads its files, {@link
 * io.hybnext.machine.HostMemory} how much memory a process can still get.
 */
package io.hybnext.machine;
