/**
 * {@code tests/elastic-equality}: the same run with ever other numbers of trainers, who come, go
 * and are held still at random moments, must always end with the same bytes ({@link
 * io.hybnext.tests.equality.EqualityCommand}).
 */
package io.hybnext.tests.equality;
