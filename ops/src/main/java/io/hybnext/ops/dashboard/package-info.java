/**
 * The page on which operators watch a run and act on it. {@link io.hybnext.ops.dashboard.Dashboard}
 * serves it; {@link io.hybnext.ops.dashboard.RunFeed} follows the files of the run's folder, so
 * that the page is the same for a run of this process, of another one, and for one that is over.
 */
package io.hybnext.ops.dashboard;
