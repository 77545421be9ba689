/**
 * The program as processes: started, stopped and killed as people and machines do it. Read {@link
 * io.hybnext.tests.process.HybnextProcess} first.
 */
package io.hybnext.tests.process;
