/**
 * The run's own record of what happened, one JSON object a line, that survives a crash. Read {@link
 * io.hybnext.actors.journal.RunJournal} first.
 */
package io.hybnext.actors.journal;
