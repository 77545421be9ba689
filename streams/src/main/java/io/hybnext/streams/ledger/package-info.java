/**
 * The ledger in a database: every item with its state, runs and their checkpoints, to be asked by
 * people and commands. The files of the store are the truth; what the database lacks or has too
 * much is put right from them. Read {@link io.hybnext.streams.ledger.ItemLedger} first.
 */
package io.hybnext.streams.ledger;
