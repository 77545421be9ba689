/**
 * The page that a run leaves: {@link io.hybnext.ops.report.ReportData} is what it tells, kept as
 * report.json; {@link io.hybnext.ops.report.ReportPage} turns it into one self-contained
 * report.html.
 */
package io.hybnext.ops.report;
