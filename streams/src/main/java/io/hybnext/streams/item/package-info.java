/**
 * What flows through ingestion: an image with its caption and where it comes from, or the reason
 * why it was put aside. Read {@link io.hybnext.streams.item.ImageItem} first.
 */
package io.hybnext.streams.item;
