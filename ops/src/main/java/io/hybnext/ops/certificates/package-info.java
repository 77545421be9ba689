/**
 * Certificates for clusters of one's own: an authority, and a certificate for each host that it
 * signs, made with the JDK's {@code keytool}, as the JDK has no public interface for signing. Read
 * {@link io.hybnext.ops.certificates.DevelopmentCertificates} first.
 */
package io.hybnext.ops.certificates;
