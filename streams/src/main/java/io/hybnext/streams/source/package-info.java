/**
 * Where images come from: a folder or a manifest. Each source is a named stream of items, with what
 * is wrong in the source itself as quarantined elements in between. Read {@link
 * io.hybnext.streams.source.ImageSource} first.
 */
package io.hybnext.streams.source;
