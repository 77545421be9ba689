/**
 * Every setting of the system: the texts {@code reference.conf} and {@code profiles/*.conf}, and
 * records that check what a person wrote before anything starts. Read {@link
 * io.hybnext.config.HybnextSettings} first.
 */
package io.hybnext.config;
