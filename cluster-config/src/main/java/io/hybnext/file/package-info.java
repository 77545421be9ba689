/**
 * What every module does with files in the same way: telling contents apart by a hash ({@link
 * io.hybnext.file.Sha256}).
 */
package io.hybnext.file;
